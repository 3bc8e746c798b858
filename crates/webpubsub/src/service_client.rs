use std::{env, fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use tower::Service;
use webpubsub_auth::{ClientAccessToken, ClientAccessUrl};
use webpubsub_protocol::{Endpoint, HubName, Target, operation::Operation};
use webpubsub_transport::{Body, BoxError, boxed};

use crate::{
    Argument, Async, Builder, Call, Credential, Error, Mode,
    core::{Core, Signer},
};

/// The environment variable [`ServiceClient::from_env`] reads the connection string from.
pub const CONNECTION_STRING_VARIABLE: &str = "AZURE_WEBPUBSUB_CONNECTION_STRING";

/// The environment variable [`ServiceClient::from_env`] reads the hub from.
pub const HUB_VARIABLE: &str = "AZURE_WEBPUBSUB_HUB";

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
/// It needs a tokio runtime with IO and time while a call is awaited (without one, awaiting panics), and may be made and
/// dropped anywhere. Its connections are driven by the runtime that opened them: with several runtimes, give each a client
/// of its own, or keep all of them running.
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
    /// assert_eq!(client.hub_name().as_str(), "chat");
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

    /// A client from the environment: the connection string in `AZURE_WEBPUBSUB_CONNECTION_STRING`, the hub in
    /// `AZURE_WEBPUBSUB_HUB`. Fails naming the variable that is missing. No other constructor reads these.
    pub fn from_env() -> Result<Self, Error> {
        let read = |name| env::var(name).map_err(|error| Error::variable(name, &error));
        let connection_string = read(CONNECTION_STRING_VARIABLE)?;
        Self::from_connection_string(&connection_string, read(HUB_VARIABLE)?)
    }

    /// A client from an endpoint and a credential, such as an [`AccessKey`](crate::AccessKey).
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
                endpoint.check().map_err(Error::protocol)?,
                hub.check().map_err(Error::protocol)?,
            ),
            service: boxed(service),
            signer: Signer::Service,
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
    pub fn hub_name(&self) -> &HubName {
        &self.core.target.hub
    }
}

impl<M: Clone> ServiceClient<M> {
    /// A client on another hub of the same service. Cheap: it shares connections, credential and retry budget.
    ///
    /// ```
    /// # fn example(client: webpubsub::WebPubSubServiceClient) -> Result<(), webpubsub::Error> {
    /// let news = client.hub("news")?;
    /// assert_eq!(news.hub_name().as_str(), "news");
    /// # Ok(())
    /// # }
    /// ```
    pub fn hub(&self, hub: impl Argument<HubName>) -> Result<Self, Error> {
        let hub = hub.check().map_err(Error::protocol)?;
        Ok(Self::from_parts(self.core.with_hub(hub), self.mode.clone()))
    }

    /// A call of any operation, your own ones included; the named methods are shorthands for it.
    ///
    /// Awaited (or, blocking, sent) like every [`Call`].
    pub fn send<O: Operation>(&self, operation: O) -> Call<M, O> {
        Call::new(self, Ok(operation))
    }
}

impl ServiceClient<Async> {
    /// The URL a WebSocket client connects with, holding a signed access token.
    ///
    /// With an access key it is signed here, without a request. With an Entra ID credential, and in a custom stack, the
    /// service is asked to sign it (`:generateToken`): it counts lifetimes in whole minutes, rounded up, and signs no
    /// claims of your own.
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
        let core = Arc::clone(&self.core);
        async move { core.client_access_url(token).await }
    }
}

#[cfg(feature = "blocking")]
impl ServiceClient<crate::blocking::Blocking> {
    /// The URL a WebSocket client connects with, holding a signed access token; see the async client's method.
    pub fn client_access_url(&self, token: ClientAccessToken) -> Result<ClientAccessUrl, Error> {
        let core = Arc::clone(&self.core);
        self.mode
            .run(async move { core.client_access_url(token).await })
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
