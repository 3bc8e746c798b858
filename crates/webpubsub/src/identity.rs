use std::{
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use tower::{Service, ServiceBuilder, ServiceExt as _};
use webpubsub_auth::{BoxFuture, Identity};
use webpubsub_transport::{
    Body, BoxError, CollectBodyLayer, Connector, HttpService, TimeoutLayer, TransportConfig, boxed,
};

use crate::Error;

/// How large the answer to a request for a token may be, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// How long a connection to a virtual machine's metadata service may take: it is on the machine's own network, or not
/// there at all.
const METADATA_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Makes Entra ID credentials whose requests for tokens go through this crate's transport: its timeouts, proxies and
/// trusted certificates.
///
/// ```no_run
/// use webpubsub::{WebPubSubServiceClient, identity, transport::TransportConfig};
///
/// # fn main() -> Result<(), webpubsub::Error> {
/// let credential = identity(&TransportConfig::default())?.default_credential();
/// let endpoint = "https://contoso.webpubsub.azure.com";
/// let client = WebPubSubServiceClient::new(endpoint, credential, "chat")?;
/// # Ok(())
/// # }
/// ```
///
/// An error of kind [`Config`](crate::ErrorKind::Config) if TLS cannot be set up.
pub fn identity(config: &TransportConfig) -> Result<Identity, Error> {
    let mut metadata = config.clone();
    metadata.connect_timeout = metadata.connect_timeout.min(METADATA_CONNECT_TIMEOUT);
    let service = TokenRequests {
        authority: stack(config)?,
        metadata: stack(&metadata)?,
    };
    Ok(Identity::new(service))
}

fn stack(config: &TransportConfig) -> Result<HttpService, Error> {
    let connector = Connector::to_any_host(config)?;
    Ok(boxed(
        ServiceBuilder::new()
            .layer(TimeoutLayer::attempt(config.attempt_timeout))
            .layer(CollectBodyLayer::new(MAX_ANSWER_BYTES))
            .service(connector),
    ))
}

/// Carries requests for tokens, each the way that suits where it goes.
#[derive(Clone)]
struct TokenRequests {
    authority: HttpService,
    metadata: HttpService,
}

impl Service<Request<Bytes>> for TokenRequests {
    type Response = Response<Bytes>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Bytes>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let service = match request.uri().host() {
            Some(Identity::METADATA_SERVICE) => self.metadata.clone(),
            _ => self.authority.clone(),
        };
        Box::pin(async move {
            let response = service.oneshot(request.map(Body::from)).await?;
            Ok(response.map(Body::into_bytes))
        })
    }
}
