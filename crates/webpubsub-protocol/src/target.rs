use crate::{ApiVersion, Endpoint, HubName};

/// Where operations go: a hub of a service, in a version of its REST API.
///
/// ```
/// use webpubsub_protocol::{HubName, Target};
///
/// let target = Target::new("https://contoso.webpubsub.azure.com".parse()?, HubName::new("chat")?);
/// assert_eq!(target.api_version.as_str(), "2024-12-01");
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Target {
    /// The service.
    pub endpoint: Endpoint,
    /// The hub; the health check, which is about the whole service, ignores it.
    pub hub: HubName,
    /// The version every request names.
    pub api_version: ApiVersion,
}

impl Target {
    /// A hub of a service, in the newest version.
    #[must_use]
    pub fn new(endpoint: Endpoint, hub: HubName) -> Self {
        Self {
            endpoint,
            hub,
            api_version: ApiVersion::LATEST,
        }
    }

    /// The same in another version.
    #[must_use]
    pub fn with_api_version(self, api_version: ApiVersion) -> Self {
        Self {
            api_version,
            ..self
        }
    }

    /// Another hub of the same service.
    #[must_use]
    pub fn with_hub(&self, hub: HubName) -> Self {
        Self {
            hub,
            ..self.clone()
        }
    }
}
