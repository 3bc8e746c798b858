use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, Uri, uri::Scheme};
use percent_encoding::percent_decode_str;

use crate::Error;

/// Where a proxy listens, and what it wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ProxyServer {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl ProxyServer {
    /// `parameter` is what an error names.
    pub(super) fn parse(parameter: &str, url: &str) -> Result<Self, Error> {
        let parse = || {
            let with_scheme = if url.contains("://") {
                url.to_owned()
            } else {
                format!("http://{url}")
            };
            let uri: Uri = with_scheme.parse().ok()?;
            let authority = uri.authority()?.as_str();
            let (user, address) = authority
                .rsplit_once('@')
                .map_or((None, authority), |(user, address)| (Some(user), address));
            let address: http::uri::Authority = address.parse().ok()?;
            let has_port = address.as_str().len() > address.host().len();
            let port_is_valid = !has_port || address.port_u16().is_some_and(|port| port > 0);
            let is_http = uri.scheme() == Some(&Scheme::HTTP);
            if !is_http || !port_is_valid || address.host().is_empty() {
                return None;
            }
            let uri = Uri::builder().scheme(Scheme::HTTP).authority(address);
            Some(Self {
                uri: uri.path_and_query("/").build().ok()?,
                authorization: user.map(decoded).as_deref().and_then(basic),
            })
        };
        parse().ok_or_else(|| not_a_proxy(parameter))
    }

    pub(super) fn with_credentials(self, user: &str, password: &str) -> Result<Self, Error> {
        if user.contains(':') {
            return Err(Error::config("`user` of a proxy must have no colon"));
        }
        let authorization = basic(format!("{user}:{password}").as_bytes());
        Ok(Self {
            authorization,
            ..self
        })
    }

    /// Without user and password.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

/// The bytes of `user:password`; a user alone has an empty password.
fn decoded(user_info: &str) -> Vec<u8> {
    let colon = if user_info.contains(':') { "" } else { ":" };
    percent_decode_str(user_info).chain(colon.bytes()).collect()
}

fn basic(user_and_password: &[u8]) -> Option<HeaderValue> {
    let value = format!("Basic {}", STANDARD.encode(user_and_password));
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub(super) fn not_a_proxy(parameter: &str) -> Error {
    Error::config(format!(
        "`{parameter}` must be the URL of an HTTP proxy such as http://proxy:3128 (no https, no SOCKS)"
    ))
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorization = self.authorization.as_ref().map(|_| "[REDACTED]");
        f.debug_struct("ProxyServer")
            .field("uri", &self.uri)
            .field("authorization", &authorization)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::ProxyServer;

    #[test]
    fn credentials_are_basic_and_never_printed() {
        for (url, encoded) in [
            ("http://ann:CANARY@a:1", "YW5uOkNBTkFSWQ=="),
            ("ann:CANARY@a", "YW5uOkNBTkFSWQ=="),
            ("http://%61nn:CAN%41RY@a:1/path?query", "YW5uOkNBTkFSWQ=="),
            ("http://ann@a", "YW5uOg=="),
        ] {
            let server = ProxyServer::parse("proxy", url).unwrap();
            let authorization = server.authorization().unwrap();
            assert_eq!(authorization, &format!("Basic {encoded}"));
            let shown = format!("{server:?} {authorization:?}");
            assert!(
                !shown.contains("CANARY") && !shown.contains(encoded),
                "{shown}"
            );
        }
        let server = ProxyServer::parse("proxy", "http://a:1").unwrap();
        assert!(server.authorization().is_none());
        let server = server.with_credentials("ann", "CANARY").unwrap();
        assert_eq!(server.authorization().unwrap(), "Basic YW5uOkNBTkFSWQ==");
        server.with_credentials("an:n", "CANARY").unwrap_err();
    }
}
