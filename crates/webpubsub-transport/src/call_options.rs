use std::time::Duration;

use http::Extensions;

/// What one call does differently from the client's [`TransportConfig`](crate::TransportConfig); what is not set stays
/// as configured. Put into a request's extensions, it is read by each layer it concerns.
///
/// ```
/// use std::time::Duration;
/// use webpubsub_transport::CallOptions;
///
/// let options = CallOptions::new().overall_timeout(Duration::from_secs(2)).max_retries(0);
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(options);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "options have no effect before they are given to a call"]
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
    /// The client's settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`overall_timeout`](Self::overall_timeout).
    pub fn overall_timeout(mut self, timeout: Duration) -> Self {
        self.overall_timeout = Some(timeout);
        self
    }

    /// Sets [`attempt_timeout`](Self::attempt_timeout).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets [`max_retries`](Self::max_retries).
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Sets [`at_least_once`](Self::at_least_once).
    pub fn at_least_once(mut self, at_least_once: bool) -> Self {
        self.at_least_once = Some(at_least_once);
        self
    }

    /// Sets [`logging`](Self::logging).
    pub fn logging(mut self, logging: bool) -> Self {
        self.logging = Some(logging);
        self
    }

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
