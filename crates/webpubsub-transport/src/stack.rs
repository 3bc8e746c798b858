use std::sync::Arc;

use tower::{ServiceBuilder, util::BoxCloneSyncService};
use webpubsub_auth::Authorizer;
use webpubsub_protocol::Endpoint;

use crate::{
    AuthLayer, CollectBodyLayer, Connector, Error, HttpService, Layers, LogLayer, RequestIdLayer,
    RetryLayer, ReverseProxyLayer, TimeoutLayer, TraceLayer, TransportConfig, UserAgentLayer,
};

/// The layers every client gets unless it brings its own stack; [`default_stack_with`] has their order.
pub fn default_stack(
    config: &TransportConfig,
    endpoint: &Endpoint,
    authorizer: Arc<dyn Authorizer>,
) -> Result<HttpService, Error> {
    default_stack_with(config, endpoint, authorizer, &Layers::default())
}

/// The default stack with layers of your own around each attempt; outermost first.
///
/// All attempts of an operation share one request id; each passes your layers, which may still change it, and is then
/// authorized anew. Bodies are collected inside of retry and timeouts: a broken answer can be repeated, a slow one ends,
/// and a discarded one does not cost its connection.
pub fn default_stack_with(
    config: &TransportConfig,
    endpoint: &Endpoint,
    authorizer: Arc<dyn Authorizer>,
    attempt_layers: &Layers,
) -> Result<HttpService, Error> {
    let log = LogLayer::new(config.logging)
        .allow_headers(config.logged_headers.iter().cloned())
        .allow_query(config.logged_query.iter().cloned());
    let proxy = config.reverse_proxy_endpoint.as_ref();
    let reverse_proxy = proxy.map(|proxy| ReverseProxyLayer::new(endpoint, proxy));
    // Without any, none of the cost of a type that is erased.
    let attempt_layers = (!attempt_layers.is_empty()).then_some(attempt_layers);

    let stack = ServiceBuilder::new()
        .layer(RequestIdLayer::new())
        .layer(TraceLayer::operation())
        .layer(TimeoutLayer::overall(config.overall_timeout))
        .layer(RetryLayer::new(&config.retry)?)
        .layer(TimeoutLayer::attempt(config.attempt_timeout))
        .option_layer(attempt_layers)
        .layer(UserAgentLayer::new(config.application_id.as_deref())?)
        .layer(AuthLayer::new(authorizer))
        .option_layer(reverse_proxy.transpose()?)
        .layer(TraceLayer::attempt())
        .layer(log)
        .layer(CollectBodyLayer::new(config.max_response_bytes))
        .service(Connector::new(config, proxy.unwrap_or(endpoint))?);
    Ok(BoxCloneSyncService::new(stack))
}
