use http::{Uri, uri::Scheme};
use webpubsub_protocol::is_loopback_host;

/// Whether a token may go to a URL: with TLS, or to this machine.
pub(crate) fn may_carry_token(url: &Uri) -> bool {
    let is_https = url.scheme() == Some(&Scheme::HTTPS);
    is_https || url.host().is_some_and(is_loopback_host)
}

/// The port of a URL, or else its scheme's.
pub(crate) fn port(url: &Uri) -> Option<u16> {
    url.port_u16().or(match url.scheme_str() {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    })
}
