use std::{fmt, net::IpAddr, str::FromStr};

use http::uri::{Authority, Scheme, Uri};

use crate::Error;

/// Where a service listens: scheme, host, port and an optional sub-path, as in `https://contoso.webpubsub.azure.com`.
///
/// A trailing slash makes no difference, nor does the scheme's own port. Query, fragment and user info are refused.
///
/// ```
/// use webpubsub_protocol::Endpoint;
///
/// let endpoint: Endpoint = "https://example.com:8443/proxy/".parse()?;
/// assert_eq!(endpoint.to_string(), "https://example.com:8443/proxy");
/// assert!(endpoint.is_secure());
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or beginning with a slash and not ending in one.
    path: String,
}

impl Endpoint {
    const PARAMETER: &str = "endpoint";

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The host as it was written; IPv6 addresses keep their brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The port, if it was given and is not the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.authority.port_u16()
    }

    /// The sub-path: empty, or beginning with a slash and not ending in one.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether scheme, host and port are the same, whatever the sub-paths.
    #[must_use]
    pub fn is_same_origin(&self, other: &Self) -> bool {
        // Authorities compare without regard to case.
        self.scheme == other.scheme && self.authority == other.authority
    }

    /// Whether traffic is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Whether the host is this machine: `localhost` or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(self.host())
    }

    /// The same endpoint on another port (a connection string's `Port=`).
    pub fn with_port(&self, port: u16) -> Result<Self, Error> {
        if port == 0 {
            return Err(Error::argument("Port", "must be from 1 to 65535"));
        }
        let authority: Authority = format!("{}:{port}", self.host())
            .parse()
            .map_err(|_| Error::argument(Self::PARAMETER, "has a host that takes no port"))?;
        Ok(Self {
            authority: without_default_port(&self.scheme, authority),
            ..self.clone()
        })
    }

    /// The absolute URL of a path (and query) below this endpoint; `path` begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The rest of a URL's path, if this endpoint's scheme, host, port and path stand before it; whether the URL names a
    /// user makes no difference. [`join`](Self::join) puts it below another endpoint.
    ///
    /// None too if the path has a `..` that URL normalization would resolve, and so lead out of what stands before it.
    ///
    /// ```
    /// use webpubsub_protocol::Endpoint;
    ///
    /// let endpoint: Endpoint = "https://example.com/sub".parse()?;
    /// assert_eq!(endpoint.path_below(&"https://example.com:443/sub/x?q".parse()?), Some("/x"));
    /// assert_eq!(endpoint.path_below(&"https://example.com/sub/../x".parse()?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn path_below<'u>(&self, url: &'u Uri) -> Option<&'u str> {
        let authority = url.authority()?.as_str();
        let host_and_port = authority.rsplit('@').next()?;
        let origin = format!("{}://{host_and_port}", url.scheme_str()?);
        let origin: Self = origin.parse().ok()?;
        let path = url.path().strip_prefix(self.path())?;
        let is_below = origin.is_same_origin(self) && path.starts_with('/') && !climbs(path);
        is_below.then_some(path)
    }
}

fn climbs(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == ".."
    })
}

/// HTTP clients leave the scheme's own port out of `Host`, and the service compares that with the token's audience.
fn without_default_port(scheme: &Scheme, authority: Authority) -> Authority {
    let default = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    if authority.port_u16() != Some(default) {
        return authority;
    }
    authority.host().parse().unwrap_or(authority)
}

/// Whether a URL's host is this machine, where a token may go without TLS: `localhost` or a loopback address.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let rule = |rule: &'static str| Error::argument(Self::PARAMETER, rule);
        if text.contains(['?', '#']) {
            return Err(rule("must have no query and no fragment"));
        }
        let uri: Uri = text
            .parse()
            .map_err(|_| rule("must be a URL such as https://contoso.webpubsub.azure.com"))?;
        let parts = uri.into_parts();
        let scheme = parts
            .scheme
            .filter(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS)
            .ok_or_else(|| rule("must begin with http:// or https://"))?;
        let authority = parts.authority.ok_or_else(|| rule("must name a host"))?;
        if authority.as_str().contains('@') {
            return Err(rule("must have no user name and no password"));
        }
        if authority.host().is_empty() {
            return Err(rule("must name a host"));
        }
        let has_port = authority.as_str().len() > authority.host().len();
        if has_port && authority.port_u16().is_none_or(|port| port == 0) {
            return Err(rule("must have a port from 1 to 65535, or none"));
        }
        let authority = without_default_port(&scheme, authority);
        let path = parts.path_and_query.as_ref().map_or("", |path| path.path());
        Ok(Self {
            scheme,
            path: path.trim_end_matches('/').to_owned(),
            authority,
        })
    }
}

impl TryFrom<&str> for Endpoint {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for Endpoint {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<&String> for Endpoint {
    type Error = Error;

    fn try_from(text: &String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<&Endpoint> for Endpoint {
    fn from(endpoint: &Endpoint) -> Self {
        endpoint.clone()
    }
}
