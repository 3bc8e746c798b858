use bytes::Bytes;
use http::{Request, Response};
use tower::{Service, ServiceBuilder, ServiceExt as _, util::BoxCloneSyncService};

use crate::{Body, CollectBodyLayer, config::MAX_RESPONSE_BYTES};

/// Any error a layer can give.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A stack with its type erased: cheap to clone, usable from any task, bound to no runtime.
pub type HttpService = BoxCloneSyncService<Request<Body>, Response<Body>, BoxError>;

/// Erases the type of any HTTP service; response bodies are collected, up to 16 MiB.
pub fn boxed<S, B>(service: S) -> HttpService
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let collected = ServiceBuilder::new()
        .layer(CollectBodyLayer::new(MAX_RESPONSE_BYTES))
        .service(service.map_err(Into::<BoxError>::into));
    BoxCloneSyncService::new(collected)
}
