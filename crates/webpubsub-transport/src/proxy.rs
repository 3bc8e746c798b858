//! Which proxy a request goes through.

mod exceptions;
mod server;
mod tunnel;

use std::env;

use http::{Uri, uri::Scheme};

use self::exceptions::{Exceptions, is_near};
pub(crate) use self::{server::ProxyServer, tunnel::tunnel};
use crate::Error;

/// Which HTTP proxy requests go through.
///
/// Whatever is set here, this machine (`localhost` and loopback addresses) and link-local addresses, where a cloud's
/// metadata service listens, are never reached through a proxy.
///
/// `https` goes through a tunnel (`CONNECT`), so the proxy sees the host's name and nothing else. A proxy's own URL is
/// `http://host:port`, without a port 80; user and password may stand before the host, percent-encoded, and are sent as
/// `Basic` credentials. TLS to the proxy and SOCKS are not supported, and are refused rather than passed by.
///
/// ```
/// use webpubsub_transport::{Proxy, TransportConfig};
///
/// let mut config = TransportConfig::default();
/// config.proxy = Proxy::with_credentials("http://proxy.example.com:3128", "ann", "secret")?;
/// # Ok::<(), webpubsub_transport::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxy(Choice);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Choice {
    #[default]
    Environment,
    None,
    Server(ProxyServer),
}

impl Proxy {
    /// As the environment says when the client is built; the default.
    ///
    /// `HTTPS_PROXY`, `HTTP_PROXY` and, for what they leave open, `ALL_PROXY` name the proxy of a scheme; `NO_PROXY`
    /// lists what is reached without one, by commas: a domain with its subdomains, an address, a network such as
    /// `10.0.0.0/8`, each with a port if only that is meant, or `*` for everything. A name in lower case counts when the
    /// one in upper case is not set. `HTTP_PROXY` is ignored beside a `REQUEST_METHOD`: in a CGI program it is a header
    /// of the request.
    #[must_use]
    pub fn from_env() -> Self {
        Self(Choice::Environment)
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn none() -> Self {
        Self(Choice::None)
    }

    /// This proxy for everything, whatever the environment says.
    ///
    /// An error of kind [`InvalidConfig`](crate::ErrorKind::InvalidConfig) if it is no proxy's URL, or one with a scheme
    /// other than `http`.
    pub fn new(url: &str) -> Result<Self, Error> {
        Ok(Self(Choice::Server(ProxyServer::parse("proxy", url)?)))
    }

    /// This proxy for everything, with this user and password as they are (not percent-encoded).
    ///
    /// An error as in [`new`](Self::new), and for a colon in `user`, which `Basic` cannot express.
    pub fn with_credentials(url: &str, user: &str, password: &str) -> Result<Self, Error> {
        let server = ProxyServer::parse("proxy", url)?;
        Ok(Self(Choice::Server(
            server.with_credentials(user, password)?,
        )))
    }

    /// What that means, with the environment read now.
    pub(crate) fn rules(&self) -> Rules {
        match &self.0 {
            Choice::Environment => Rules::from_variables(|name| {
                // What is no text is no proxy either, which is better said than passed by.
                Some(env::var_os(name)?.to_string_lossy().into_owned())
            }),
            Choice::None => Rules::default(),
            Choice::Server(server) => Rules {
                http: Route::Through(server.clone()),
                https: Route::Through(server.clone()),
                exceptions: Exceptions::default(),
            },
        }
    }
}

/// The proxy of each scheme, and what is reached without.
#[derive(Default)]
pub(crate) struct Rules {
    http: Route,
    https: Route,
    exceptions: Exceptions,
}

#[derive(Clone, Default)]
enum Route {
    #[default]
    Direct,
    Through(ProxyServer),
    /// An error only for who would take it: an emulator on this machine works in any environment.
    Unusable(&'static str),
}

impl Rules {
    fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |upper: &str| {
            let lower = upper.to_ascii_lowercase();
            let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
            set(upper).or_else(|| set(&lower))
        };
        let route = |name: &'static str| match variable(name) {
            None => Route::Direct,
            Some(url) => match ProxyServer::parse(name, &url) {
                Ok(server) => Route::Through(server),
                Err(_) => Route::Unusable(name),
            },
        };
        let or_all = |own: Route| match own {
            Route::Direct => route("ALL_PROXY"),
            own => own,
        };
        let is_cgi = lookup("REQUEST_METHOD").is_some();
        let http = if is_cgi {
            Route::Direct
        } else {
            route("HTTP_PROXY")
        };
        Self {
            http: or_all(http),
            https: or_all(route("HTTPS_PROXY")),
            exceptions: Exceptions::parse(&variable("NO_PROXY").unwrap_or_default()),
        }
    }

    /// The proxy for a URL, if it is to be reached through one.
    pub(crate) fn server_for(&self, url: &Uri) -> Result<Option<&ProxyServer>, Error> {
        let is_https = url.scheme() == Some(&Scheme::HTTPS);
        let (route, default_port) = if is_https {
            (&self.https, 443)
        } else {
            (&self.http, 80)
        };
        if matches!(route, Route::Direct) {
            return Ok(None);
        }
        let (host, port) = (
            url.host().unwrap_or_default(),
            url.port_u16().unwrap_or(default_port),
        );
        if is_near(host) || self.exceptions.cover(host, port) {
            return Ok(None);
        }
        match route {
            Route::Direct => Ok(None),
            Route::Through(server) => Ok(Some(server)),
            Route::Unusable(variable) => Err(server::not_a_proxy(variable)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(variables: &[(&str, &str)]) -> Rules {
        Rules::from_variables(|name| {
            let variable = variables.iter().find(|(known, _)| *known == name);
            variable.map(|(_, value)| (*value).to_owned())
        })
    }

    /// The proxy of a URL by its host, `direct`, or the error.
    fn way(variables: &[(&str, &str)], url: &str) -> String {
        match rules(variables).server_for(&url.parse().unwrap()) {
            Ok(Some(server)) => server.uri().host().unwrap().to_owned(),
            Ok(None) => "direct".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn each_scheme_has_its_variable_and_all_stands_in() {
        let (http, https) = ("http://example.com/", "https://example.com/");
        let cases: [(&[_], _, _); 9] = [
            (&[], "direct", "direct"),
            (&[("HTTPS_PROXY", "http://a:1")], "direct", "a"),
            (&[("https_proxy", "http://a")], "direct", "a"),
            (&[("HTTP_PROXY", "a:1")], "a", "direct"),
            (&[("http_proxy", "a")], "a", "direct"),
            (&[("ALL_PROXY", "a"), ("HTTP_PROXY", "b")], "b", "a"),
            (&[("all_proxy", "a")], "a", "a"),
            (&[("HTTPS_PROXY", "a"), ("https_proxy", "b")], "direct", "a"),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "b")], "direct", "b"),
        ];
        for (variables, for_http, for_https) in cases {
            assert_eq!(way(variables, http), for_http, "{variables:?}");
            assert_eq!(way(variables, https), for_https, "{variables:?}");
        }
    }

    #[test]
    fn a_cgi_program_takes_no_proxy_from_a_header() {
        let cgi = ("REQUEST_METHOD", "GET");
        for name in ["HTTP_PROXY", "http_proxy"] {
            assert_eq!(way(&[cgi, (name, "evil")], "http://example.com"), "direct");
        }
        let all = [cgi, ("HTTP_PROXY", "evil"), ("ALL_PROXY", "a")];
        assert_eq!(way(&all, "http://example.com"), "a");
        assert_eq!(
            way(&[cgi, ("HTTPS_PROXY", "a")], "https://example.com"),
            "a"
        );
    }

    #[test]
    fn what_is_near_needs_no_proxy_and_feels_no_broken_one() {
        for url in [
            "http://localhost:8080",
            "https://LOCALHOST",
            "http://127.0.0.1",
            "http://127.8.8.8:1",
            "https://[::1]:8443",
            "http://169.254.169.254/metadata",
            "http://[fe80::1]",
        ] {
            for proxy in ["http://a", "socks5://a", "no url"] {
                assert_eq!(way(&[("ALL_PROXY", proxy)], url), "direct", "{url}");
            }
        }
        assert_eq!(way(&[("ALL_PROXY", "a")], "http://169.253.0.1"), "a");
        assert_eq!(way(&[("ALL_PROXY", "a")], "http://localhost.com"), "a");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_and_not_passed_by() {
        for proxy in [
            "socks5://a",
            "socks5h://ann:CANARY@a",
            "https://a",
            "ftp://a",
            "http://",
            "no url",
            "http://a:0",
            "http://a:99999",
        ] {
            let error = way(&[("HTTPS_PROXY", proxy)], "https://example.com");
            assert_eq!(
                error,
                "`HTTPS_PROXY` must be the URL of an HTTP proxy such as http://proxy:3128 (no https, no SOCKS)",
                "{proxy}"
            );
        }
        let other = [("ALL_PROXY", "socks5://a"), ("HTTPS_PROXY", "b")];
        assert_eq!(way(&other, "https://example.com"), "b");
        assert!(way(&other, "http://example.com").contains("`ALL_PROXY`"));
    }

    #[test]
    fn exceptions_are_reached_directly() {
        let variables = [
            ("ALL_PROXY", "a"),
            ("NO_PROXY", "example.com, 10.0.0.0/8,::2"),
        ];
        assert_eq!(way(&variables, "https://www.example.com"), "direct");
        assert_eq!(way(&variables, "http://10.1.2.3"), "direct");
        assert_eq!(way(&variables, "http://[::2]:80"), "direct");
        assert_eq!(way(&variables, "https://example.org"), "a");
    }
}
