use http::{Request, Uri, header::HOST};
use percent_encoding::percent_decode_str;
use tower::{
    Layer,
    filter::{Filter, Predicate},
};
use webpubsub_protocol::Endpoint;

use crate::{BoxError, Error};

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
    from: Endpoint,
    to: Endpoint,
}

impl ReverseProxyLayer {
    /// From the endpoint that URLs are made for to the one they are sent to. Fails when the latter is neither `https` nor
    /// this machine: the tokens go there.
    pub fn new(from: &Endpoint, to: &Endpoint) -> Result<Self, Error> {
        if !to.is_secure() && !to.is_loopback() {
            return Err(Error::config(
                "`reverse_proxy_endpoint` must be https, or this machine",
            ));
        }
        let (from, to) = (from.clone(), to.clone());
        Ok(Self { from, to })
    }

    /// The URL at the proxy; none if `url` is not below the endpoint, or too long there (beyond 65,534 bytes).
    fn proxied(&self, url: &Uri) -> Option<Uri> {
        let path = self.from.path_below(url).filter(|path| !climbs(path))?;
        let query = url.query().map(|query| format!("?{query}"));
        let path = format!("{path}{}", query.unwrap_or_default());
        self.to.join(&path).parse().ok()
    }
}

/// Whether a `..` leads out of the path at a proxy that takes an escaped slash for one, as many do.
fn climbs(path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
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
