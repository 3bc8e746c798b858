use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Uri, uri::PathAndQuery};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use webpubsub_auth::ClientAccessUrl;
use webpubsub_protocol::{
    ConnectionId, Token,
    connection::{ACCESS_TOKEN, CONNECTION_ID, RECONNECTION_TOKEN},
    is_loopback_host,
};

use crate::Error;

/// The URL a client connects to, with its token: `wss`, or `ws` on this machine. A secret.
///
/// ```
/// use webpubsub_client::ClientUrl;
///
/// let url = ClientUrl::try_from("wss://contoso.webpubsub.azure.com/client/hubs/chat?access_token=ey")?;
/// assert_eq!(format!("{url:?}"), "ClientUrl(wss://contoso.webpubsub.azure.com/client/hubs/chat)");
/// assert!(ClientUrl::try_from("ws://example.com/client/hubs/chat").is_err());
/// # Ok::<(), webpubsub_client::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClientUrl(Uri);

impl ClientUrl {
    fn parse(url: &str) -> Result<Self, Error> {
        let rule = |rule: &'static str| Error::config(format!("the URL to connect to {rule}"));
        let uri: Uri = url
            .parse()
            .map_err(|_| rule("must be one such as wss://<host>/client/hubs/<hub>"))?;
        let host = uri.host().unwrap_or_default();
        if uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            return Err(rule("must have no user name and no password"));
        }
        match uri.scheme_str() {
            Some("wss") if !host.is_empty() => Ok(Self(uri)),
            Some("ws") if is_loopback_host(host) => Ok(Self(uri)),
            Some("ws") => Err(rule("must be wss, unless it is of this machine")),
            _ => Err(rule("must begin with wss:// or ws://, and name a host")),
        }
    }

    /// The same as HTTP has it.
    pub(crate) fn as_http(&self) -> Uri {
        let scheme = if self.0.scheme_str() == Some("wss") {
            "https"
        } else {
            "http"
        };
        let mut parts = self.0.clone().into_parts();
        parts.scheme = scheme.parse().ok();
        // A scheme for a scheme: it was a URL before.
        Uri::from_parts(parts).unwrap_or_else(|_| self.0.clone())
    }

    /// The URL to take up a connection at; it needs no access token, so it has none.
    pub(crate) fn recovering(&self, connection: &ConnectionId, token: &Token) -> Self {
        let added = [
            (CONNECTION_ID, connection.as_str()),
            (RECONNECTION_TOKEN, token.expose_secret()),
        ];
        let added = added.map(|(key, value)| {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            format!("{key}={value}")
        });
        let kept = self
            .query()
            .filter(|(key, _)| ![ACCESS_TOKEN, CONNECTION_ID, RECONNECTION_TOKEN].contains(key));
        let kept = kept.map(|(key, value)| format!("{key}={value}"));
        let query: Vec<_> = kept.chain(added).collect();

        let mut parts = self.0.clone().into_parts();
        let path = format!("{}?{}", self.0.path(), query.join("&"));
        parts.path_and_query = PathAndQuery::try_from(path).ok();
        Self(Uri::from_parts(parts).unwrap_or_else(|_| self.0.clone()))
    }

    /// When its access token ends, if it has one that says so.
    pub(crate) fn expiry(&self) -> Option<SystemTime> {
        #[derive(Deserialize)]
        struct Claims {
            exp: u64,
        }
        let (_, token) = self.query().find(|(key, _)| *key == ACCESS_TOKEN)?;
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let Claims { exp } = serde_json::from_slice(&claims).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(exp))
    }

    /// The parameters as they stand, still percent-encoded.
    fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        let query = self.0.query().unwrap_or_default().split('&');
        query
            .filter(|parameter| !parameter.is_empty())
            .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
    }
}

impl TryFrom<&str> for ClientUrl {
    type Error = Error;

    fn try_from(url: &str) -> Result<Self, Error> {
        Self::parse(url)
    }
}

impl TryFrom<String> for ClientUrl {
    type Error = Error;

    fn try_from(url: String) -> Result<Self, Error> {
        Self::parse(&url)
    }
}

impl TryFrom<ClientAccessUrl> for ClientUrl {
    type Error = Error;

    fn try_from(url: ClientAccessUrl) -> Result<Self, Error> {
        Self::parse(&url.expose_url())
    }
}

impl TryFrom<&ClientAccessUrl> for ClientUrl {
    type Error = Error;

    fn try_from(url: &ClientAccessUrl) -> Result<Self, Error> {
        Self::parse(&url.expose_url())
    }
}

// Tokens stand in the query.
impl fmt::Debug for ClientUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host) = (self.0.scheme_str(), self.0.authority());
        let (scheme, host) = (
            scheme.unwrap_or_default(),
            host.map_or("", |host| host.as_str()),
        );
        write!(f, "ClientUrl({scheme}://{host}{})", self.0.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str) -> ClientUrl {
        ClientUrl::try_from(url).unwrap()
    }

    #[test]
    fn a_connection_is_taken_up_without_the_access_token() {
        let (id, token) = (ConnectionId::new("c/1").unwrap(), Token::new("t=&"));
        let expected =
            "wss://a/client/hubs/h?x=%20&awps_connection_id=c%2F1&awps_reconnection_token=t%3D%26";
        for before in [
            "wss://a/client/hubs/h?access_token=ey&x=%20",
            "wss://a/client/hubs/h?x=%20&awps_connection_id=old&awps_reconnection_token=old",
        ] {
            assert_eq!(url(before).recovering(&id, &token).0.to_string(), expected);
        }
    }

    #[test]
    fn the_end_of_a_token_is_read_where_there_is_one() {
        let token = |claims: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims));
        let expiry =
            |token: &str| url(&format!("wss://a/client/hubs/h?access_token={token}")).expiry();
        let ten = UNIX_EPOCH + Duration::from_secs(10);
        assert_eq!(expiry(&token(r#"{"exp":10,"aud":"a"}"#)), Some(ten));
        for other in [&token("{}"), &token("no JSON"), "a.b", "", "%"] {
            assert_eq!(expiry(other), None, "{other}");
        }
        assert_eq!(url("wss://a").expiry(), None);
    }

    #[test]
    fn tokens_go_over_tls_or_to_this_machine() {
        for yes in [
            "wss://a",
            "ws://localhost:8080/client/hubs/h",
            "ws://127.0.0.1",
            "ws://[::1]:1",
        ] {
            assert_eq!(
                url(yes).as_http().to_string().find("http"),
                Some(0),
                "{yes}"
            );
        }
        for no in [
            "",
            "a",
            "/client",
            "https://a",
            "ws://a/client",
            "ws://127.0.0.1.example.com",
            "ws://localhost@evil.example",
            "wss://",
            "wss://user:password@a",
        ] {
            ClientUrl::try_from(no).unwrap_err();
        }
    }
}
