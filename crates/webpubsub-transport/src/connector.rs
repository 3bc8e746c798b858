use std::{
    error::Error as StdError,
    fmt, future, iter,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response,
    header::{CONTENT_LENGTH, PROXY_AUTHORIZATION},
    uri::Scheme,
};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
#[cfg(feature = "http2")]
use hyper_util::client::legacy::Builder;
use hyper_util::{
    client::legacy::{Client, Error as LegacyError},
    rt::{TokioExecutor, TokioTimer},
};
use tower::Service;
use webpubsub_auth::BoxFuture;
use webpubsub_protocol::Endpoint;

use crate::{
    Body, BoxError, Error, TransportConfig,
    dialer::{Dialer, Schemes},
    proxy::{ProxyServer, Rules},
    tls::Tls,
};

/// Beyond a year the pool's clock overflows.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The shortest time between two signs of life that is worth its traffic.
#[cfg(feature = "http2")]
const SHORTEST_PING: Duration = Duration::from_secs(1);

/// The pooled client at the bottom of the stack: HTTP/1.1, and HTTP/2 on `https` where the server offers it (feature
/// `http2`). It needs a tokio runtime while it is called.
#[derive(Clone)]
pub struct Connector {
    /// Shared, as every layer that clones its inner service would clone all of the client's settings.
    client: Arc<Client<Dialer, Body>>,
    proxies: Arc<Rules>,
}

impl Connector {
    /// A client for one endpoint; TLS (and the trusted certificates) only when the endpoint is `https`. It sends to URLs
    /// of the endpoint's scheme only: what is meant for TLS never goes out in clear.
    ///
    /// An error of kind [`InvalidConfig`](crate::ErrorKind::InvalidConfig) if TLS cannot be set up, or if the endpoint is
    /// to be reached through a proxy that cannot be used.
    pub fn new(config: &TransportConfig, endpoint: &Endpoint) -> Result<Self, Error> {
        let schemes = if endpoint.is_secure() {
            Schemes::Https(Tls::new(config)?)
        } else {
            Schemes::Http
        };
        let connector = Self::build(config, schemes);
        if let Ok(url) = endpoint.to_string().parse() {
            connector.proxies.server_for(&url)?;
        }
        Ok(connector)
    }

    /// A client for any host, over `https` or in clear, as each URL says.
    ///
    /// For what goes elsewhere than to the service, such as asking an authority or a managed identity's endpoint for a
    /// token. Nothing here keeps a secret from going out in clear: the caller sees to the URLs.
    ///
    /// An error of kind [`InvalidConfig`](crate::ErrorKind::InvalidConfig) if TLS cannot be set up; when it is called, also
    /// if a proxy on the way cannot be used.
    pub fn to_any_host(config: &TransportConfig) -> Result<Self, Error> {
        Ok(Self::build(config, Schemes::Both(Tls::new(config)?)))
    }

    fn build(config: &TransportConfig, schemes: Schemes) -> Self {
        let proxies = Arc::new(config.proxy.rules());
        let dialer = Dialer::new(schemes, Arc::clone(&proxies), config.connect_timeout);
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_idle_timeout(config.pool_idle_timeout.min(LONGEST_IDLE))
            // Without a timer the idle timeout has no effect.
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(config.pool_max_idle);
        #[cfg(feature = "http2")]
        keep_alive(&mut builder, config);
        Self {
            client: Arc::new(builder.build(dialer)),
            proxies,
        }
    }

    /// Tells a proxy that passes requests on who asks; one that tunnels is told by the dialer.
    fn introduce(&self, request: &mut Request<Body>) -> Result<(), Error> {
        let proxy = self.proxies.server_for(request.uri())?;
        let passes_on = request.uri().scheme() == Some(&Scheme::HTTP);
        let authorization = proxy
            .filter(|_| passes_on)
            .and_then(ProxyServer::authorization);
        if let Some(authorization) = authorization {
            let headers = request.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        Ok(())
    }
}

#[cfg(feature = "http2")]
fn keep_alive(builder: &mut Builder, config: &TransportConfig) {
    let sensible = |time: Duration| time.clamp(SHORTEST_PING, LONGEST_IDLE);
    builder
        .timer(TokioTimer::new())
        .http2_keep_alive_interval(sensible(config.http2_ping_interval))
        .http2_keep_alive_timeout(sensible(config.http2_ping_timeout))
        // Else a connection that died unused would fail the next request.
        .http2_keep_alive_while_idle(true);
}

fn classify(error: LegacyError) -> BoxError {
    if !error.is_connect() {
        return Error::io(error).into();
    }
    let mut causes = iter::successors(error.source(), |&error| error.source());
    let own = causes.find_map(|cause| cause.downcast_ref::<Error>());
    match own.map(Error::without_source) {
        Some(own) => own.into(),
        None => Error::connect(error).into(),
    }
}

fn expects_content(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

impl Service<Request<Body>> for Connector {
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        (&*self.client).poll_ready(cx).map_err(classify)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // hyper omits this length, and a server may insist on it (411).
        if request.body().is_end_stream() && expects_content(request.method()) {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        if let Err(error) = self.introduce(&mut request) {
            return Box::pin(future::ready(Err(error.into())));
        }
        let answer = self.client.request(request);
        Box::pin(async { Ok(answer.await.map_err(classify)?.map(ResponseBody)) })
    }
}

/// The body of an answer, as it comes in.
#[derive(Debug)]
pub struct ResponseBody(Incoming);

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = Pin::new(&mut self.0).poll_frame(cx);
        frame.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
