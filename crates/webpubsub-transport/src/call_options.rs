use std::time::Duration;

use http::Extensions;

/// What one call does differently from the client's [`TransportConfig`](crate::TransportConfig); what is not set stays
/// as configured. Put into a request's extensions, it is read by each layer it concerns.
///
/// ```
/// use std::time::Duration;
/// use webpubsub_transport::CallOptions;
///
/// let mut options = CallOptions::default();
/// options.overall_timeout = Some(Duration::from_secs(2));
/// options.max_retries = Some(0);
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(options);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long the call may take, with all its attempts and the waits between them.
    pub overall_timeout: Option<Duration>,
    /// How long one attempt may take, from connecting to the answer's last byte.
    pub attempt_timeout: Option<Duration>,
    /// How many repeats may follow the first attempt. The budget of the client holds all the same.
    pub max_retries: Option<u32>,
    /// Whether a send is also repeated when it may have been processed: a message can then arrive twice.
    pub at_least_once: Option<bool>,
    /// Whether each attempt is logged, as [`LogLayer`](crate::LogLayer) describes.
    pub logging: Option<bool>,
}

impl CallOptions {
    /// What a request's options say of one setting, or else the configured value.
    pub(crate) fn choose<T>(
        extensions: &Extensions,
        setting: impl FnOnce(&Self) -> Option<T>,
        configured: T,
    ) -> T {
        extensions
            .get::<Self>()
            .and_then(setting)
            .unwrap_or(configured)
    }
}
