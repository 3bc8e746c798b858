use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header::CONTENT_LENGTH};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error as LegacyError, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};
use webpubsub_auth::BoxFuture;
use webpubsub_protocol::Endpoint;

use crate::{Body, BoxError, Error, TransportConfig, tls};

/// Beyond a year the pool's clock overflows.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The pooled HTTP/1.1 client at the bottom of the stack. It needs a tokio runtime while it is called.
#[derive(Clone)]
pub struct Connector(BoxCloneSyncService<Request<Body>, Response<Incoming>, BoxError>);

impl Connector {
    /// A client for one endpoint; TLS (and the system's certificates) only when the endpoint is `https`. It sends
    /// to URLs of the endpoint's scheme only: what is meant for TLS never goes out in clear.
    pub fn new(config: &TransportConfig, endpoint: &Endpoint) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(config.connect_timeout));
        tcp.set_nodelay(true);

        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_idle_timeout(config.pool_idle_timeout.min(LONGEST_IDLE))
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
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // hyper omits this length, and a server may insist on it (411).
        if request.body().is_end_stream() && expects_content(request.method()) {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        let answer = self.0.call(request);
        Box::pin(async { Ok(answer.await?.map(ResponseBody)) })
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
