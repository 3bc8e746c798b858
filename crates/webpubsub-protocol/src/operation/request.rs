use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Uri, header,
    uri::{self, Authority, PathAndQuery, Scheme},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Operation, request,
    template::{Segments, Template, split_at_name},
};
use crate::{
    ApiVersion, DataType, Error, Message, Metadata, Name, NameKind, Target,
    encoding::{decode, encode},
};

/// The longest URL that [`Uri`] takes.
const MAX_URL_BYTES: usize = 65_534;

/// Writes an operation's request.
pub struct RequestWriter {
    api_version: ApiVersion,
    scheme: Scheme,
    authority: Authority,
    path: String,
    /// What of the template is not written yet.
    rest: &'static str,
    query: String,
    body: Option<(&'static str, Bytes)>,
    metadata: Metadata,
}

impl RequestWriter {
    pub(super) fn new(target: &Target, template: Template) -> Self {
        Self {
            api_version: target.api_version.clone(),
            scheme: target.endpoint.scheme().clone(),
            authority: target.endpoint.authority().clone(),
            path: target.endpoint.path().to_owned(),
            rest: template.as_str(),
            query: ["?", ApiVersion::PARAMETER, "=", target.api_version.as_str()].concat(),
            body: None,
            metadata: Metadata::new(),
        }
    }

    /// Fills the template's next open segment, which must be this parameter's.
    pub fn segment(&mut self, parameter: &'static str, value: &str) -> Result<(), Error> {
        if value.is_empty() {
            return Err(Error::argument(parameter, "must not be empty"));
        }
        if value == "." || value == ".." {
            // Normalized away on the path, `..` would turn a send to one user into a send to all.
            return Err(Error::argument(
                parameter,
                "must not be `.` or `..`, which cannot stand in a URL path",
            ));
        }
        match split_at_name(self.rest) {
            Some((before, name, after)) if name == parameter => {
                self.path.push_str(before);
                self.path.extend(encode(value));
                self.rest = after;
                Ok(())
            }
            _ => {
                let rule = "must be written where the URL path names it";
                Err(Error::argument(parameter, rule))
            }
        }
    }

    /// Fills the template's next open segment with a checked name.
    pub fn name<K: NameKind>(&mut self, name: &Name<K>) -> Result<(), Error> {
        self.segment(K::PARAMETER, name.as_str())
    }

    /// Adds a query parameter; one that repeats is added once for each value.
    pub fn query(&mut self, key: &'static str, value: &str) {
        self.query.extend(["&", key, "="]);
        self.query.extend(encode(value));
    }

    /// Adds a query parameter that versions before `since` do not have.
    ///
    /// Fails for an older one: a service that ignores a filter it does not know would send to all.
    pub fn query_since(
        &mut self,
        since: &'static str,
        key: &'static str,
        value: &str,
    ) -> Result<(), Error> {
        if self.api_version.as_str() < since {
            let rule = format!("needs api-version {since} or newer");
            return Err(Error::argument(key, rule));
        }
        self.query(key, value);
        Ok(())
    }

    /// Sets the body, its content type and its metadata.
    ///
    /// An error for protobuf, which REST does not take.
    pub fn message(&mut self, message: &Message) -> Result<(), Error> {
        let data_type = message.data_type();
        if !DataType::OF_REST.contains(&data_type) {
            return Err(Error::argument(
                "message",
                "must be text, JSON or binary: only WebSocket clients send protobuf",
            ));
        }
        self.body = Some((data_type.content_type(), message.bytes().clone()));
        self.metadata = message.metadata().clone();
        Ok(())
    }

    /// Sets a body that is not a message but the operation's own JSON.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let body = serde_json::to_vec(value).map_err(Error::serialize)?;
        self.body = Some((DataType::Json.content_type(), body.into()));
        Ok(())
    }

    pub(super) fn finish<O: Operation>(mut self) -> Result<Request<Bytes>, Error> {
        if let Some((_, name, _)) = split_at_name(self.rest) {
            return Err(Error::argument(name, "must be named in the URL path"));
        }
        self.path.push_str(self.rest);
        self.path.push_str(&self.query);
        let uri = url(self.scheme, self.authority, self.path).ok_or_else(|| {
            Error::argument(
                "url",
                "must not exceed 65,534 bytes: name fewer or shorter values",
            )
        })?;

        let (content_type, body) = self
            .body
            .map_or((None, Bytes::new()), |(kind, body)| (Some(kind), body));
        let mut request = request::<O>(uri, body);
        // The service wants a length on these methods even where there is no body, and takes no chunked ones.
        if [Method::POST, Method::PUT].contains(&O::METHOD) {
            let length = HeaderValue::from(request.body().len());
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        if let Some(content_type) = content_type {
            let value = HeaderValue::from_static(content_type);
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        self.metadata.check()?.write(request.headers_mut());
        Ok(request)
    }
}

/// The endpoint's scheme and authority are parsed already, so that only the path is looked at here.
fn url(scheme: Scheme, authority: Authority, path_and_query: String) -> Option<Uri> {
    let length =
        scheme.as_str().len() + "://".len() + authority.as_str().len() + path_and_query.len();
    if length > MAX_URL_BYTES {
        return None;
    }
    let mut parts = uri::Parts::default();
    parts.scheme = Some(scheme);
    parts.authority = Some(authority);
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

// Names, filters, payloads and credentials pass through both: none is printed.
impl fmt::Debug for RequestWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestWriter").finish_non_exhaustive()
    }
}

impl fmt::Debug for RequestReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestReader").finish_non_exhaustive()
    }
}

/// Reads an operation back from a request that matched its [`Template`].
pub struct RequestReader<'r> {
    segments: Segments<'r>,
    query: Vec<(String, String)>,
    headers: &'r HeaderMap,
    body: &'r Bytes,
}

impl<'r> RequestReader<'r> {
    /// A reader over the parts of a request.
    pub fn new(
        segments: Segments<'r>,
        query: Option<&str>,
        headers: &'r HeaderMap,
        body: &'r Bytes,
    ) -> Result<Self, Error> {
        let query = query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                // Some writers send a space as `+`; a plus sign itself always arrives as `%2B`.
                let decode = |text: &str| decode("query", &text.replace('+', "%20"));
                Ok((decode(key)?, decode(value)?))
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            segments,
            query,
            headers,
            body,
        })
    }

    /// The checked name of this kind in the path.
    pub fn name<K: NameKind>(&self) -> Result<Name<K>, Error> {
        Name::new(self.segments.decode(K::PARAMETER)?)
    }

    /// The first value of a query parameter.
    #[must_use]
    pub fn query(&self, key: &str) -> Option<&str> {
        self.query_all(key).next()
    }

    /// All values of a query parameter that repeats.
    pub fn query_all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// A segment of the path that is no [`Name`].
    pub fn segment(&self, parameter: &'static str) -> Result<String, Error> {
        self.segments.decode(parameter)
    }

    /// The body, which is the operation's own JSON; the error names `parameter`.
    pub fn json<T: DeserializeOwned>(&self, parameter: &'static str) -> Result<T, Error> {
        serde_json::from_slice(self.body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                Error::argument(parameter, "must be the JSON this operation takes")
            }
            _ => Error::json(error),
        })
    }

    /// The body, by its content type, with its metadata.
    pub fn message(&self) -> Result<Message, Error> {
        let content_type = self
            .headers
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().map_err(|_| Error::content_type()))
            .transpose()?;
        let message = Message::from_body(content_type, self.body.clone())?;
        Ok(message.with_metadata(Metadata::read(self.headers)?))
    }
}
