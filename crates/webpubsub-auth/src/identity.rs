//! Credentials of azure_identity, with a transport of one's own.

mod default_credential;
mod http_client;

use std::{fmt, path::PathBuf, sync::Arc};

use azure_core::{
    cloud::{CloudConfiguration, CustomConfiguration},
    credentials::{Secret, TokenCredential},
    http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport},
    time::Duration,
};
use azure_identity::{
    AzureCliCredential, AzureDeveloperCliCredential, ClientAssertionCredentialOptions,
    ClientSecretCredential, ClientSecretCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use bytes::Bytes;
use tower_service::Service;

use self::{default_credential::DefaultCredential, http_client::ServiceClient};

/// Reads an environment variable.
type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How often a request for a token is repeated, and for how long. azure_identity's own limits (8 times, a minute) would
/// outlast the timeouts of the call that waits.
const MAX_RETRIES: u32 = 3;
const MAX_RETRY_TIME: Duration = Duration::seconds(10);

/// Makes credentials of azure_identity whose requests go through a tower service instead of azure_identity's own client.
///
/// The service carries requests to the authority (`https`) and to the endpoints of managed identities (plain `http` to
/// this machine or its link-local network); it bounds their time and their answers' size.
///
/// ```no_run
/// # async fn example(
/// #     service: impl tower_service::Service<
/// #         http::Request<bytes::Bytes>,
/// #         Response = http::Response<bytes::Bytes>,
/// #         Error = std::io::Error,
/// #         Future: Send,
/// #     > + Clone + Send + Sync + 'static,
/// # ) -> Result<(), webpubsub_auth::Error> {
/// use webpubsub_auth::{EntraAuthorizer, Identity};
///
/// let identity = Identity::new(service);
/// let credential = identity.client_secret("tenant-id", "client-id", "secret")?;
/// let authorizer = EntraAuthorizer::new(credential);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Identity {
    transport: Transport,
    authority_host: Option<String>,
    client_id: Option<String>,
    lookup: Lookup,
}

impl Identity {
    /// The host that gives a virtual machine the tokens of its managed identity; on other machines nothing is there.
    pub const METADATA_SERVICE: &str = "169.254.169.254";

    /// Credentials over this service.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<http::Request<Bytes>, Response = http::Response<Bytes>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
    {
        Self {
            transport: Transport::new(Arc::new(ServiceClient::new(service))),
            authority_host: None,
            client_id: None,
            lookup: Arc::new(|name| std::env::var(name).ok()),
        }
    }

    /// The authority of another cloud, such as `https://login.microsoftonline.us`; otherwise the one that
    /// `AZURE_AUTHORITY_HOST` names, or the public cloud's. Must be `https`.
    #[must_use]
    pub fn authority_host(self, host: impl Into<String>) -> Self {
        let authority_host = Some(host.into());
        Self {
            authority_host,
            ..self
        }
    }

    /// The client id of a user-assigned identity: for managed identities, and for a workload identity in place of
    /// `AZURE_CLIENT_ID`.
    #[must_use]
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        let client_id = Some(client_id.into());
        Self { client_id, ..self }
    }

    /// Where the [default credential](Self::default_credential) and [`workload_identity`](Self::workload_identity) look
    /// up environment variables; the process' environment unless told otherwise. Managed identities are told of by the
    /// process' environment only.
    #[must_use]
    pub fn variables(
        self,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let lookup = Arc::new(lookup);
        Self { lookup, ..self }
    }

    /// An application with a client secret.
    pub fn client_secret(
        &self,
        tenant_id: &str,
        client_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Arc<dyn TokenCredential>, crate::Error> {
        let options = ClientSecretCredentialOptions {
            client_options: self.client_options(),
        };
        let secret = Secret::new(secret.into());
        let made = ClientSecretCredential::new(tenant_id, client_id.into(), secret, Some(options));
        made.map_err(|error| crate::Error::identity("client secret", error))
            .map(|credential| credential as _)
    }

    /// A workload identity of Kubernetes: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` (or [`client_id`](Self::client_id)) and
    /// `AZURE_FEDERATED_TOKEN_FILE` say which.
    pub fn workload_identity(&self) -> Result<Arc<dyn TokenCredential>, crate::Error> {
        let options = WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions {
                client_options: self.client_options(),
            },
            client_id: self
                .client_id
                .clone()
                .or_else(|| self.variable("AZURE_CLIENT_ID")),
            tenant_id: self.variable("AZURE_TENANT_ID"),
            token_file_path: self
                .variable("AZURE_FEDERATED_TOKEN_FILE")
                .map(PathBuf::from),
        };
        let made = WorkloadIdentityCredential::new(Some(options));
        made.map_err(|error| crate::Error::identity("workload identity", error))
            .map(|credential| credential as _)
    }

    /// The managed identity of App Service or of a virtual machine: the system's, or the user-assigned one with the
    /// [client id](Self::client_id) given.
    pub fn managed_identity(&self) -> Result<Arc<dyn TokenCredential>, crate::Error> {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: self.client_id.clone().map(UserAssignedId::ClientId),
            client_options: self.client_options(),
        };
        let made = ManagedIdentityCredential::new(Some(options));
        made.map_err(|error| crate::Error::identity("managed identity", error))
            .map(|credential| credential as _)
    }

    /// Who is signed in to the Azure CLI (`az`).
    pub fn azure_cli(&self) -> Result<Arc<dyn TokenCredential>, crate::Error> {
        AzureCliCredential::new(None)
            .map_err(|error| crate::Error::identity("Azure CLI", error))
            .map(|credential| credential as _)
    }

    /// Who is signed in to the Azure Developer CLI (`azd`).
    pub fn azure_developer_cli(&self) -> Result<Arc<dyn TokenCredential>, crate::Error> {
        AzureDeveloperCliCredential::new(None)
            .map_err(|error| crate::Error::identity("Azure Developer CLI", error))
            .map(|credential| credential as _)
    }

    /// The first of these that gives a token, which is used from then on: a client secret in the environment
    /// (`AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`), a workload identity, a managed identity, the Azure
    /// CLI, the Azure Developer CLI.
    ///
    /// One that environment variables configure (the client secret, the workload identity, App Service's managed identity
    /// by `IDENTITY_ENDPOINT`) and that fails is the end, as in the official SDKs: nobody acts as somebody else because an
    /// authority was out of reach. When none gives a token, the error tells what each of them said.
    #[must_use]
    pub fn default_credential(&self) -> Arc<dyn TokenCredential> {
        Arc::new(DefaultCredential::new(self.clone()))
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    fn client_options(&self) -> ClientOptions {
        let host = self.authority_host.clone();
        let host = host.or_else(|| self.variable("AZURE_AUTHORITY_HOST"));
        let cloud = host.map(|authority_host| {
            let mut cloud = CustomConfiguration::default();
            cloud.authority_host = authority_host;
            Arc::new(CloudConfiguration::Custom(cloud))
        });
        ClientOptions {
            transport: Some(self.transport.clone()),
            retry: RetryOptions::exponential(ExponentialRetryOptions {
                max_retries: MAX_RETRIES,
                max_total_elapsed: MAX_RETRY_TIME,
                ..ExponentialRetryOptions::default()
            }),
            cloud,
            ..ClientOptions::default()
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("authority_host", &self.authority_host)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
