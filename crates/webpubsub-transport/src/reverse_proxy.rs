use http::{
    Request, Uri,
    header::HOST,
    uri::{Parts, PathAndQuery},
};
use tower::{
    Layer,
    filter::{Filter, Predicate},
};
use webpubsub_protocol::Endpoint;

use crate::{
    BoxError, Error,
    url::{is_same_origin, may_carry_token},
};

/// Sends requests to a reverse proxy (such as Azure API Management) in place of the endpoint: scheme, host, port and
/// path prefix of each URL are replaced, the rest of it stays.
///
/// Inside of [`AuthLayer`](crate::AuthLayer), a token's audience stays the original URL, as the service wants it. A URL
/// that is not below the endpoint fails and is not sent: its token could end up anywhere.
///
/// ```
/// use webpubsub_transport::ReverseProxyLayer;
///
/// let endpoint = "https://contoso.webpubsub.azure.com".parse()?;
/// // https://contoso.webpubsub.azure.com/api/health becomes https://contoso.azure-api.net/pubsub/api/health
/// ReverseProxyLayer::new(&endpoint, &"https://contoso.azure-api.net/pubsub".parse()?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReverseProxyLayer {
    from: Uri,
    to: Uri,
}

impl ReverseProxyLayer {
    /// From the endpoint that URLs are made for to the one they are sent to. Fails when the latter is neither `https` nor
    /// this machine: the tokens go there.
    pub fn new(from: &Endpoint, to: &Endpoint) -> Result<Self, Error> {
        let url = |endpoint: &Endpoint| {
            let url = endpoint.to_string().parse();
            url.map_err(|_| Error::config("an endpoint must be a URL"))
        };
        let (from, to) = (url(from)?, url(to)?);
        if !may_carry_token(&to) {
            return Err(Error::config(
                "`reverse_proxy_endpoint` must be https, or this machine",
            ));
        }
        Ok(Self { from, to })
    }

    /// The URL at the proxy; none if `url` is not below the endpoint, or too long there (beyond 65,534 bytes).
    fn proxied(&self, url: &Uri) -> Option<Uri> {
        let path = url.path().strip_prefix(prefix(&self.from))?;
        let is_below = path.starts_with('/') && !climbs(path);
        if !is_below || !is_same_origin(url, &self.from) {
            return None;
        }
        let query = url.query().map(|query| format!("?{query}"));
        let path = format!("{}{path}{}", prefix(&self.to), query.unwrap_or_default());
        let mut parts: Parts = self.to.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// The path of an endpoint, without the slash it may end in.
fn prefix(endpoint: &Uri) -> &str {
    endpoint.path().trim_end_matches('/')
}

/// Whether a `..` leads out of the path before it, where someone normalizes the URL; many proxies also take an escaped
/// slash for one.
fn climbs(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let path = path
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%5c", "\\");
    path.split(['/', '\\']).any(|segment| segment == "..")
}

impl<B> Predicate<Request<B>> for ReverseProxyLayer {
    type Request = Request<B>;

    fn check(&mut self, mut request: Request<B>) -> Result<Request<B>, BoxError> {
        let url = self
            .proxied(request.uri())
            .ok_or_else(Error::beside_the_proxy)?;
        *request.uri_mut() = url;
        // The HTTP client writes the one of the new URL.
        request.headers_mut().remove(HOST);
        Ok(request)
    }
}

impl<S> Layer<S> for ReverseProxyLayer {
    type Service = Filter<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        Filter::new(inner, self.clone())
    }
}
