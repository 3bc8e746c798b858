use std::sync::Arc;

use tower::{ServiceBuilder, util::BoxCloneSyncService};
use webpubsub_auth::Authorizer;
use webpubsub_protocol::Endpoint;

use crate::{
    AuthLayer, CollectBodyLayer, Connector, Error, HttpService, RequestIdLayer, RetryLayer,
    TimeoutLayer, TraceLayer, TransportConfig, UserAgentLayer,
};

/// The layers every client gets unless it brings its own stack, outermost first.
///
/// All attempts of an operation share one request id; each is authorized anew. Bodies are collected inside of retry
/// and timeouts: a broken answer can be repeated, a slow one ends, and a discarded one does not cost its connection.
pub fn default_stack(
    config: &TransportConfig,
    endpoint: &Endpoint,
    authorizer: Arc<dyn Authorizer>,
) -> Result<HttpService, Error> {
    let stack = ServiceBuilder::new()
        .layer(RequestIdLayer::new())
        .layer(TraceLayer::operation())
        .layer(TimeoutLayer::overall(config.overall_timeout))
        .layer(RetryLayer::new(&config.retry)?)
        .layer(TimeoutLayer::attempt(config.attempt_timeout))
        .layer(UserAgentLayer::new(config.application_id.as_deref())?)
        .layer(AuthLayer::new(authorizer))
        .layer(TraceLayer::attempt())
        .layer(CollectBodyLayer::new(config.max_response_bytes))
        .service(Connector::new(config, endpoint)?);
    Ok(BoxCloneSyncService::new(stack))
}
