use std::time::Duration;

/// Settings of one operation, in place of the client's: whoever makes a request puts them into its extensions, and each
/// layer reads its own.
///
/// ```
/// use std::time::Duration;
/// use webpubsub_transport::CallOptions;
///
/// let options = CallOptions::new().overall_timeout(Duration::from_secs(5)).logging(true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "options have no effect before they are given to a call"]
#[non_exhaustive]
pub struct CallOptions {
    /// In place of [`TransportConfig::overall_timeout`](crate::TransportConfig::overall_timeout).
    pub overall_timeout: Option<Duration>,
    /// In place of [`TransportConfig::attempt_timeout`](crate::TransportConfig::attempt_timeout).
    pub attempt_timeout: Option<Duration>,
    /// In place of [`RetryConfig::max_retries`](crate::RetryConfig::max_retries).
    pub max_retries: Option<u32>,
    /// In place of [`RetryConfig::at_least_once`](crate::RetryConfig::at_least_once).
    pub at_least_once: Option<bool>,
    /// Whether request and response details are logged.
    pub logging: Option<bool>,
}

impl CallOptions {
    /// The client's settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the operation may take, with all its attempts and the waits between them.
    pub fn overall_timeout(mut self, timeout: Duration) -> Self {
        self.overall_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How many repeats may follow the first attempt.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Whether a send is repeated even when it may have been processed: a message can then arrive twice.
    pub fn at_least_once(mut self, at_least_once: bool) -> Self {
        self.at_least_once = Some(at_least_once);
        self
    }

    /// Whether request and response details are logged.
    pub fn logging(mut self, logging: bool) -> Self {
        self.logging = Some(logging);
        self
    }
}
