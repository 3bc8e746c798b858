use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use http::{Request, Response};
use tower::{Layer, Service};
use webpubsub_auth::ConnectionString;
use webpubsub_protocol::{ApiVersion, Endpoint, HubName, Target};
use webpubsub_transport::{
    Body, BoxError, HttpService, Layers, TransportConfig, default_stack_with,
};

use crate::{Argument, Credential, Error, Mode, ServiceClient, core::Core};

/// Settings of a client: an endpoint with a credential (or a connection string, which holds both) and a hub are
/// needed. The first setting that breaks a rule is reported by [`build`](Self::build).
///
/// ```
/// # fn main() -> Result<(), webpubsub::Error> {
/// use std::time::Duration;
/// use webpubsub::{AccessKey, WebPubSubServiceClient, transport::TransportConfig};
///
/// let mut config = TransportConfig::default();
/// config.overall_timeout = Duration::from_secs(20);
///
/// let client = WebPubSubServiceClient::builder()
///     .connection_string("Endpoint=https://contoso.webpubsub.azure.com;AccessKey=secret;")
///     .hub("chat")
///     .config(config)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder makes no client until `build`"]
pub struct Builder<M> {
    connection_string: Option<ConnectionString>,
    endpoint: Option<Endpoint>,
    credential: Option<Credential>,
    hub: Option<HubName>,
    api_version: ApiVersion,
    config: TransportConfig,
    reverse_proxy_endpoint: Option<Endpoint>,
    logging: Option<bool>,
    layers: Layers,
    attempt_layers: Layers,
    error: Option<Error>,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> Builder<M> {
    pub(crate) fn new() -> Self {
        Self {
            connection_string: None,
            endpoint: None,
            credential: None,
            hub: None,
            api_version: ApiVersion::LATEST,
            config: TransportConfig::default(),
            reverse_proxy_endpoint: None,
            logging: None,
            layers: Layers::default(),
            attempt_layers: Layers::default(),
            error: None,
            mode: PhantomData,
        }
    }

    /// Endpoint and access key, as the Azure portal or the emulator gives them. An [`endpoint`](Self::endpoint) or a
    /// [`credential`](Self::credential) given as well, such as a pair of keys, is used in place of its own.
    pub fn connection_string(mut self, connection_string: &str) -> Self {
        self.connection_string = self.keep(connection_string.parse().map_err(Error::auth));
        self
    }

    /// Where the service listens.
    pub fn endpoint(mut self, endpoint: impl Argument<Endpoint>) -> Self {
        self.endpoint = self.keep(endpoint.check().map_err(Error::protocol));
        self
    }

    /// Who is calling.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.credential = Some(credential.into());
        self
    }

    /// The hub the client works on.
    pub fn hub(mut self, hub: impl Argument<HubName>) -> Self {
        self.hub = self.keep(hub.check().map_err(Error::protocol));
        self
    }

    /// The version of the service's REST API; the newest stable one unless told otherwise.
    pub fn api_version(mut self, version: impl Argument<ApiVersion>) -> Self {
        if let Some(version) = self.keep(version.check().map_err(Error::protocol)) {
            self.api_version = version;
        }
        self
    }

    /// Sends requests to an Azure API Management (or another reverse proxy) in front of the service. Tokens still name the
    /// endpoint, and so do the URLs of WebSocket clients. Must be `https`, or this machine. In place of what the
    /// [`config`](Self::config) says.
    pub fn reverse_proxy_endpoint(mut self, proxy: impl Argument<Endpoint>) -> Self {
        self.reverse_proxy_endpoint = self.keep(proxy.check().map_err(Error::protocol));
        self
    }

    /// Logs details of every request and response, at level `debug` on target `webpubsub::http`: method, URL with secrets
    /// redacted, known headers, status, duration, sizes. In place of what the [`config`](Self::config) says, which is off by
    /// default; see also [`Call::logging`].
    ///
    /// [`Call::logging`]: crate::Call::logging
    pub fn logging(mut self, logging: bool) -> Self {
        self.logging = Some(logging);
        self
    }

    /// All settings of the stack: timeouts, retry, pool, proxies, TLS, logging.
    pub fn config(mut self, config: TransportConfig) -> Self {
        self.config = config;
        self
    }

    /// Puts a tower layer around the default stack: it sees each operation once, whatever the number of attempts.
    ///
    /// The first layer added is the outermost, as in tower's `ServiceBuilder`.
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers.push(layer);
        self
    }

    /// Puts a tower layer around each attempt, inside of retry and of the attempt's timeout: it sees every repeat, and
    /// may still change the request, which is authorized behind it.
    ///
    /// The first layer added is the outermost.
    pub fn attempt_layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.attempt_layers.push(layer);
        self
    }

    /// The client, or the first error of the settings.
    pub fn build(self) -> Result<ServiceClient<M>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let missing = |what| Error::config(format!("a client needs {what}"));
        let of_string = self.connection_string.as_ref();
        let endpoint = self
            .endpoint
            .or_else(|| Some(of_string?.endpoint().clone()))
            .ok_or_else(|| missing("an endpoint or a connection string"))?;
        let credential = self
            .credential
            .or_else(|| Some(of_string?.access_key().into()))
            .ok_or_else(|| missing("a credential or a connection string"))?;
        let hub = self.hub.ok_or_else(|| missing("a hub"))?;

        let mut config = self.config;
        config.logging = self.logging.unwrap_or(config.logging);
        let proxy = self.reverse_proxy_endpoint;
        config.reverse_proxy_endpoint = proxy.or(config.reverse_proxy_endpoint);

        let Credential { authorizer, signer } = credential;
        let stack = default_stack_with(&config, &endpoint, authorizer, &self.attempt_layers)?;
        let service = self.layers.layer(stack);
        let core = Core {
            target: Target::new(endpoint, hub).with_api_version(self.api_version),
            service,
            signer,
        };
        Ok(ServiceClient::from_parts(core, M::start()?))
    }

    /// The value, or nothing, with its error kept if it is the first.
    fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.error.get_or_insert(error)).ok()
    }
}

impl<M> fmt::Debug for Builder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("connection_string", &self.connection_string)
            .field("endpoint", &self.endpoint)
            .field("credential", &self.credential)
            .field("hub", &self.hub)
            .field("api_version", &self.api_version)
            .field("config", &self.config)
            .field("reverse_proxy_endpoint", &self.reverse_proxy_endpoint)
            .field("logging", &self.logging)
            .field("layers", &self.layers)
            .field("attempt_layers", &self.attempt_layers)
            .finish_non_exhaustive()
    }
}
