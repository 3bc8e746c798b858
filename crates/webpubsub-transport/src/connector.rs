use std::{
    fmt,
    task::{Context, Poll},
};

use http::{HeaderValue, Method, Request, Response, header::CONTENT_LENGTH};
use http_body::Body as _;
use hyper_util::{
    client::legacy::{Client, Error as LegacyError, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};
use webpubsub_auth::BoxFuture;
use webpubsub_protocol::Endpoint;

use crate::{Body, BoxError, Error, TransportConfig, tls};

type Answer = Response<hyper::body::Incoming>;

/// The pooled HTTP/1.1 client at the bottom of the stack. It needs a tokio runtime while it is called.
#[derive(Clone)]
pub struct Connector(BoxCloneSyncService<Request<Body>, Answer, BoxError>);

impl Connector {
    /// A client for one endpoint; TLS (and the system's certificates) only when the endpoint is `https`. It sends
    /// to URLs of the endpoint's scheme only: what is meant for TLS never goes out in clear.
    pub fn new(config: &TransportConfig, endpoint: &Endpoint) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(config.connect_timeout));
        tcp.set_nodelay(true);

        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_idle_timeout(config.pool_idle_timeout)
            // Without a timer the idle timeout has no effect.
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(config.pool_max_idle);
        let client = if endpoint.is_secure() {
            let client = builder.build(tls::connector(tcp)?);
            BoxCloneSyncService::new(client.map_err(classify))
        } else {
            let client = builder.build(tcp);
            BoxCloneSyncService::new(client.map_err(classify))
        };
        Ok(Self(client))
    }
}

fn classify(error: LegacyError) -> BoxError {
    let error = if error.is_connect() {
        Error::connect(error)
    } else {
        Error::io(error)
    };
    error.into()
}

fn expects_content(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

impl Service<Request<Body>> for Connector {
    type Response = Answer;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Answer, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // hyper omits this length, and a server may insist on it (411).
        if request.body().is_end_stream() && expects_content(request.method()) {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        self.0.call(request)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
