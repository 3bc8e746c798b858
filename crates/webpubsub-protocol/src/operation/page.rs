use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Operation, Output,
    output::{from_json, to_json},
    request,
};
use crate::{ApiVersion, Endpoint, Error, Target, encoding::decode};

/// The query parameter that says where a list goes on.
pub(super) const CONTINUATION_TOKEN: &str = "continuationToken";

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items; a page may have none, and others may follow all the same.
    #[serde(rename = "value")]
    pub items: Vec<T>,
    /// The absolute URL of the next page; none on the last.
    #[serde(rename = "nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}

impl<T> Page<T> {
    /// A page, as a server gives it.
    #[must_use]
    pub fn new(items: Vec<T>, next_link: Option<String>) -> Self {
        Self { items, next_link }
    }

    /// The token with which a later list goes on behind this page: the `continuationToken` of the link to the next.
    #[must_use]
    pub fn continuation_token(&self) -> Option<String> {
        let (_, query) = self.next_link.as_deref()?.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, token) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(CONTINUATION_TOKEN))?;
        decode(CONTINUATION_TOKEN, token).ok()
    }
}

impl<T: Serialize + DeserializeOwned> Output for Page<T> {
    fn from_response(response: &Response<Bytes>) -> Result<Self, Error> {
        from_json(response)
    }

    fn to_response(&self, success: StatusCode) -> Response<Bytes> {
        to_json(self, success)
    }
}

/// An operation that answers in pages.
pub trait PagedOperation: Operation<Output = Page<<Self as PagedOperation>::Item>> {
    /// What the pages hold.
    type Item;

    /// The request for the page a link leads to.
    ///
    /// Fails when the link leads elsewhere than to the target's endpoint: a token would go to a stranger. An
    /// `api-version` is added when the link has none.
    fn next_page_request(target: &Target, link: &str) -> Result<Request<Bytes>, Error> {
        let uri: Uri = link
            .parse()
            .map_err(|_| Error::next_link("it is not a URL"))?;
        if !is_below(&target.endpoint, &uri) {
            return Err(Error::next_link(
                "it leads to another host than the endpoint's",
            ));
        }
        let has_version = uri.query().is_some_and(|query| {
            let mut keys = query.split('&').map(|pair| pair.split('=').next());
            keys.any(|key| key.is_some_and(|key| key.eq_ignore_ascii_case(ApiVersion::PARAMETER)))
        });
        let uri = if has_version {
            uri
        } else {
            let separator = if uri.query().is_some() { '&' } else { '?' };
            format!(
                "{uri}{separator}{}={}",
                ApiVersion::PARAMETER,
                target.api_version
            )
            .parse()
            .map_err(|_| Error::next_link("it is too long"))?
        };
        Ok(request::<Self>(uri, Bytes::new()))
    }
}

/// Whether a URL has the endpoint's scheme, host, port and path before its own.
fn is_below(endpoint: &Endpoint, uri: &Uri) -> bool {
    let Some(authority) = uri
        .authority()
        .filter(|authority| !authority.as_str().contains('@'))
    else {
        return false;
    };
    let origin = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
    let same_origin = origin
        .parse::<Endpoint>()
        .is_ok_and(|origin| origin.is_same_origin(endpoint));
    let rest = uri.path().strip_prefix(endpoint.path());
    same_origin && rest.is_some_and(|rest| rest.starts_with('/'))
}
