use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Operation, Output,
    output::{from_json, to_json},
    request,
};
use crate::{ApiVersion, Error, Target, encoding::decode};

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
    ///
    /// None on the last page, and where the link has none that is percent-encoded UTF-8.
    #[must_use]
    pub fn continuation_token(&self) -> Option<String> {
        let (_, query) = self.next_link.as_deref()?.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, token) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(CONTINUATION_TOKEN))?;
        decode(CONTINUATION_TOKEN, token).ok()
    }
}

impl<T: Serialize + DeserializeOwned> Output for Page<T> {
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error> {
        from_json(response, success)
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
    /// Fails when the link is not an absolute URL below the target's endpoint: a token would go to a stranger. An
    /// `api-version` is added when the link has none; its path and query stay as the service wrote them.
    fn next_page_request(target: &Target, link: &str) -> Result<Request<Bytes>, Error> {
        let uri: Uri = link
            .parse()
            .map_err(|_| Error::next_link("it is not a URL"))?;
        let below = target.endpoint.path_below(&uri);
        let path = below
            .filter(|_| !names_user(&uri))
            .ok_or_else(|| Error::next_link("it does not lead below the endpoint"))?;
        let version = format!("{}={}", ApiVersion::PARAMETER, target.api_version);
        let query = match uri.query() {
            None | Some("") => version,
            Some(query) if names_version(query) => query.to_owned(),
            Some(query) => format!("{query}&{version}"),
        };
        let uri = target.endpoint.join(&format!("{path}?{query}")).parse();
        let uri = uri.map_err(|_| Error::next_link("it is too long"))?;
        Ok(request::<Self>(uri, Bytes::new()))
    }
}

/// As no link of the service's does.
fn names_user(uri: &Uri) -> bool {
    let authority = uri.authority();
    authority.is_some_and(|authority| authority.as_str().contains('@'))
}

fn names_version(query: &str) -> bool {
    let mut keys = query.split('&').filter_map(|pair| pair.split('=').next());
    keys.any(|key| key.eq_ignore_ascii_case(ApiVersion::PARAMETER))
}
