use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use tower::{Service, ServiceExt as _};
use webpubsub_auth::{AccessKey, ClientAccessToken, ClientAccessUrl};
use webpubsub_protocol::{Endpoint, HubName, Target, operation::Operation};
use webpubsub_transport::{Attempts, Body, BoxError, HttpService, RequestId, boxed};

use crate::{Argument, Async, Builder, Call, Credential, Error, Mode};

/// The service client of one hub: sends messages, manages groups and connections, makes client access URLs.
///
/// Used as [`WebPubSubServiceClient`] (async) or [`blocking::WebPubSubServiceClient`](crate::blocking). Clones are
/// cheap and share the connection pool and the retry budget.
pub struct ServiceClient<M> {
    core: Arc<Core>,
    mode: M,
}

/// The async service client; see [`ServiceClient`] for its methods.
///
/// It needs a tokio runtime with IO and time while a call is awaited, and may be made and dropped anywhere.
pub type WebPubSubServiceClient = ServiceClient<Async>;

impl<M: Mode> ServiceClient<M> {
    /// A client from the connection string of the Azure portal (or of the emulator).
    ///
    /// ```
    /// # fn main() -> Result<(), webpubsub::Error> {
    /// use webpubsub::WebPubSubServiceClient;
    ///
    /// let client = WebPubSubServiceClient::from_connection_string(
    ///     "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=secret;Version=1.0;",
    ///     "chat",
    /// )?;
    /// assert_eq!(client.hub().as_str(), "chat");
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_connection_string(
        connection_string: &str,
        hub: impl Argument<HubName>,
    ) -> Result<Self, Error> {
        Self::builder()
            .connection_string(connection_string)
            .hub(hub)
            .build()
    }

    /// A client from an endpoint and a credential, such as an [`AccessKey`].
    pub fn new(
        endpoint: impl Argument<Endpoint>,
        credential: impl Into<Credential>,
        hub: impl Argument<HubName>,
    ) -> Result<Self, Error> {
        Self::builder()
            .endpoint(endpoint)
            .credential(credential)
            .hub(hub)
            .build()
    }

    /// A client with settings of your own.
    pub fn builder() -> Builder<M> {
        Builder::new()
    }

    /// A client whose requests go through a tower service of your own and nothing else: no retry, no timeout, no
    /// authorization but what `service` does. The layers of the default stack are in [`transport`](crate::transport).
    ///
    /// A service that is not `Clone` (such as tower's `RateLimit`) becomes so behind `tower::buffer`; make that inside
    /// the runtime that will drive it.
    pub fn with_service<S, B>(
        endpoint: impl Argument<Endpoint>,
        hub: impl Argument<HubName>,
        service: S,
    ) -> Result<Self, Error>
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let core = Core {
            target: Target::new(
                endpoint.check().map_err(Error::argument)?,
                hub.check().map_err(Error::argument)?,
            ),
            service: boxed(service),
            access_key: None,
        };
        Ok(Self::from_parts(core, M::start()?))
    }
}

impl<M> ServiceClient<M> {
    pub(crate) fn from_parts(core: Core, mode: M) -> Self {
        Self {
            core: Arc::new(core),
            mode,
        }
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn mode(&self) -> &M {
        &self.mode
    }

    /// The endpoint requests go to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.core.target.endpoint
    }

    /// The hub this client works on.
    #[must_use]
    pub fn hub(&self) -> &HubName {
        &self.core.target.hub
    }

    /// A call of any operation, your own ones included; the named methods are shorthands for it.
    ///
    /// Awaited (or, blocking, sent) like every [`Call`].
    pub fn send<O: Operation>(&self, operation: O) -> Call<'_, M, O> {
        Call::new(self, Ok(operation))
    }
}

impl ServiceClient<Async> {
    /// The URL a WebSocket client connects with, holding a signed access token.
    ///
    /// With an access key it is signed locally. It is async because other credentials have to ask the service.
    ///
    /// ```
    /// # async fn example(client: webpubsub::WebPubSubServiceClient) -> Result<(), webpubsub::Error> {
    /// use std::time::Duration;
    /// use webpubsub::{ClientAccessToken, Role};
    ///
    /// let url = client
    ///     .client_access_url(
    ///         ClientAccessToken::new()
    ///             .user_id("ann")
    ///             .role(Role::SendToAnyGroup)
    ///             .lifetime(Duration::from_secs(5 * 60)),
    ///     )
    ///     .await?;
    /// println!("{}", url.expose_url());
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_access_url(
        &self,
        token: ClientAccessToken,
    ) -> impl Future<Output = Result<ClientAccessUrl, Error>> + Send + use<> {
        std::future::ready(self.core.sign(token))
    }
}

#[cfg(feature = "blocking")]
impl ServiceClient<crate::blocking::Blocking> {
    /// The URL a WebSocket client connects with, holding a signed access token.
    ///
    /// With an access key it is signed locally.
    pub fn client_access_url(&self, token: ClientAccessToken) -> Result<ClientAccessUrl, Error> {
        self.core.sign(token)
    }
}

impl<M: Clone> Clone for ServiceClient<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            mode: self.mode.clone(),
        }
    }
}

impl<M> fmt::Debug for ServiceClient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubServiceClient")
            .field("endpoint", &self.core.target.endpoint)
            .field("hub", &self.core.target.hub)
            .finish_non_exhaustive()
    }
}

/// What clones of a client share.
pub(crate) struct Core {
    pub(crate) target: Target,
    pub(crate) service: HttpService,
    /// Absent in a custom stack, which authorizes for itself.
    pub(crate) access_key: Option<AccessKey>,
}

impl Core {
    /// Sends an operation; the one way to the service.
    pub(crate) async fn send<O: Operation>(
        &self,
        operation: Result<O, webpubsub_protocol::Error>,
    ) -> Result<O::Output, Error> {
        let in_operation = |error: Error| error.in_operation(O::NAME);
        let request = operation
            .and_then(|operation| operation.to_request(&self.target))
            .map_err(|error| in_operation(Error::argument(error)))?;

        let (attempts, request_id) = (Attempts::default(), RequestId::random());
        let mut request = request.map(Body::from);
        request.extensions_mut().insert(attempts.clone());
        request_id.write(request.headers_mut());

        let answer = self.service.clone().oneshot(request).await;
        let outcome = answer.map_err(Error::transport).and_then(|response| {
            let response = response.map(Body::into_bytes);
            O::parse_response(&response).map_err(|error| Error::response(error, &response))
        });
        outcome.map_err(|error| in_operation(error).after(&attempts, request_id))
    }

    fn sign(&self, token: ClientAccessToken) -> Result<ClientAccessUrl, Error> {
        let key = self.access_key.as_ref().ok_or_else(|| {
            Error::config(
                "a client access URL needs an access key, which a custom stack does not have",
            )
        });
        key.and_then(|key| {
            token
                .sign(&self.target.endpoint, &self.target.hub, key)
                .map_err(Error::auth)
        })
        .map_err(|error| error.in_operation("client_access_url"))
    }
}
