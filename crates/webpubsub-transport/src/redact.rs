use std::fmt;

use http::{HeaderMap, HeaderName, Uri, header};
use webpubsub_protocol::ServiceError;

/// What stands for a value that is not shown.
const REDACTED: &str = "REDACTED";

/// The headers never shown, whatever is allowed.
const SECRET_HEADERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
    header::SET_COOKIE,
];

/// The query parameter never shown: a WebSocket client's token.
const SECRET_QUERY: &str = "access_token";

/// Whose values are shown: at first of what HTTP and the service say about an exchange, and of nothing a user says.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) headers: Vec<HeaderName>,
    pub(crate) query: Vec<String>,
}

impl Default for Shown {
    fn default() -> Self {
        let of_http = [
            header::ACCEPT,
            header::CACHE_CONTROL,
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::CONTENT_TYPE,
            header::DATE,
            header::HOST,
            header::RETRY_AFTER,
            header::SERVER,
            header::TRANSFER_ENCODING,
            header::USER_AGENT,
        ];
        let of_service = [
            "api-supported-versions",
            "retry-after-ms",
            "traceparent",
            "x-ms-client-request-id",
            "x-ms-error-code",
            "x-ms-retry-after-ms",
            ServiceError::REQUEST_ID_HEADER,
        ];
        let headers = of_http
            .into_iter()
            .chain(of_service.map(HeaderName::from_static));
        let query = ["api-version", "maxpagesize", "messageTtlSeconds", "top"];
        Self {
            headers: headers.collect(),
            query: query.map(str::to_owned).to_vec(),
        }
    }
}

impl Shown {
    /// All headers by their names, in the form of a map.
    pub(crate) fn headers<'a>(&'a self, headers: &'a HeaderMap) -> impl fmt::Debug + 'a {
        ShownHeaders {
            shown: self,
            headers,
        }
    }

    /// The URL, without a user name and password if there are any.
    pub(crate) fn url(&self, url: &Uri) -> String {
        let scheme = url.scheme_str().unwrap_or_default();
        let host = url.host().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}"));
        let query = url.query().map(|query| {
            let pairs: Vec<_> = query.split('&').map(|pair| self.pair(pair)).collect();
            format!("?{}", pairs.join("&"))
        });
        let (port, query) = (port.unwrap_or_default(), query.unwrap_or_default());
        format!("{scheme}://{host}{port}{}{query}", url.path())
    }

    fn pair(&self, pair: &str) -> String {
        let Some((key, value)) = pair.split_once('=') else {
            return REDACTED.to_owned();
        };
        let is_key = |name: &str| name.eq_ignore_ascii_case(key);
        let is_shown = self.query.iter().any(|name| is_key(name)) && !is_key(SECRET_QUERY);
        format!("{key}={}", if is_shown { value } else { REDACTED })
    }
}

struct ShownHeaders<'a> {
    shown: &'a Shown,
    headers: &'a HeaderMap,
}

impl fmt::Debug for ShownHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.headers.iter().map(|(name, value)| {
            let is_shown = self.shown.headers.contains(name) && !SECRET_HEADERS.contains(name);
            let value: &dyn fmt::Debug = if is_shown { value } else { &REDACTED };
            (name, value)
        });
        f.debug_map().entries(entries).finish()
    }
}
