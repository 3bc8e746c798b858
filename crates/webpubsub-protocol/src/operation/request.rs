use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use super::template::{Segments, Template, placeholder};
use crate::{
    API_VERSION, Endpoint, Error, Message, Name, NameKind,
    encoding::{decode, encode},
};

/// Writes an operation's request.
#[derive(Debug)]
pub struct RequestWriter {
    url: String,
    /// What of the template is not written yet.
    rest: std::str::Split<'static, char>,
    query: String,
    body: Option<(&'static str, Bytes)>,
}

impl RequestWriter {
    pub(super) fn new(endpoint: &Endpoint, template: Template) -> Self {
        let mut rest = template.as_str().split('/');
        rest.next();
        Self {
            url: endpoint.to_string(),
            rest,
            query: format!("?api-version={API_VERSION}"),
            body: None,
        }
    }

    /// Fills the template's next open segment.
    pub fn segment(&mut self, parameter: &'static str, value: &str) -> Result<(), Error> {
        if value == "." || value == ".." {
            // Normalized away on the path, `..` would turn a send to one user into a send to all.
            return Err(Error::argument(
                parameter,
                "must not be `.` or `..`, which cannot stand in a URL path",
            ));
        }
        for segment in self.rest.by_ref() {
            self.url.push('/');
            if let Some(name) = placeholder(segment) {
                debug_assert_eq!(
                    name, parameter,
                    "segments are written in the template's order"
                );
                let _ = write!(self.url, "{}", encode(value));
                break;
            }
            self.url.push_str(segment);
        }
        Ok(())
    }

    /// Fills the template's next open segment with a checked name.
    pub fn name<K: NameKind>(&mut self, name: &Name<K>) -> Result<(), Error> {
        self.segment(K::PARAMETER, name.as_str())
    }

    /// Adds a query parameter; one that repeats is added once for each value.
    pub fn query(&mut self, key: &'static str, value: &str) {
        let _ = write!(self.query, "&{key}={}", encode(value));
    }

    /// Sets the body and its content type.
    pub fn message(&mut self, message: &Message) {
        self.body = Some((message.data_type().content_type(), message.bytes().clone()));
    }

    pub(super) fn finish(mut self, method: Method) -> Result<Request<Bytes>, Error> {
        for segment in self.rest {
            self.url.push('/');
            self.url.push_str(segment);
        }
        self.url.push_str(&self.query);
        let uri = Uri::try_from(self.url).map_err(|_| {
            Error::argument(
                "url",
                "must not exceed 65,534 bytes: name fewer or shorter values",
            )
        })?;

        let (content_type, body) = self
            .body
            .map_or((None, Bytes::new()), |(kind, body)| (Some(kind), body));
        let mut request = Request::new(body);
        // The service wants a length on these methods even where there is no body, and takes no chunked ones.
        if [Method::POST, Method::PUT].contains(&method) {
            let length = HeaderValue::from(request.body().len());
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        if let Some(content_type) = content_type {
            let value = HeaderValue::from_static(content_type);
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        Ok(request)
    }
}

/// Reads an operation back from a request that matched its [`Template`].
#[derive(Debug)]
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

    /// The body, by its content type.
    pub fn message(&self) -> Result<Message, Error> {
        let content_type = self
            .headers
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().map_err(|_| Error::content_type()))
            .transpose()?;
        Message::from_body(content_type, self.body.clone())
    }
}
