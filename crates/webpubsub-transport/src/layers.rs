use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use tower::{Layer, Service, util::BoxCloneSyncService};

use crate::{Body, BoxError, HttpService, boxed};

/// A list of layers of any types, the first the outermost, as in tower's `ServiceBuilder`; itself a layer.
///
/// ```
/// use tower::{limit::ConcurrencyLimitLayer, util::MapRequestLayer};
/// use webpubsub_transport::Layers;
///
/// let mut layers = Layers::default();
/// layers.push(MapRequestLayer::new(|request| request));
/// layers.push(ConcurrencyLimitLayer::new(8));
/// ```
#[derive(Clone, Default)]
pub struct Layers(Vec<Arc<dyn Fn(HttpService) -> HttpService + Send + Sync>>);

impl Layers {
    /// Adds a layer inside of those before it. The bodies of its answers are collected, up to 16 MiB.
    pub fn push<L, B>(&mut self, layer: L)
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.0
            .push(Arc::new(move |inner| boxed(layer.layer(inner))));
    }

    /// How many layers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S> Layer<S> for Layers
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    type Service = HttpService;

    fn layer(&self, inner: S) -> HttpService {
        let inner = BoxCloneSyncService::new(inner);
        self.0.iter().rev().fold(inner, |inner, wrap| wrap(inner))
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layers({})", self.len())
    }
}
