use std::time::Duration;

use http::HeaderName;
use webpubsub_protocol::Endpoint;

use crate::Proxy;
#[cfg(feature = "rustls-no-provider")]
use crate::TlsConfig;

/// How much of an answer is read, in bytes: 16 MiB, far above what any operation answers with.
pub(crate) const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// The settings of the default stack.
///
/// ```
/// use std::time::Duration;
/// use webpubsub_transport::TransportConfig;
///
/// let mut config = TransportConfig::default();
/// config.attempt_timeout = Duration::from_secs(5);
/// config.retry.max_retries = 1;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TransportConfig {
    /// How long making a connection may take: TCP, a proxy's tunnel and TLS. Default 10 s: a SYN may have to be repeated a
    /// few times.
    pub connect_timeout: Duration,
    /// How long one attempt may take, from connecting to the answer's last byte. Default 20 s: answers take
    /// milliseconds, a message of 1 MiB over a slow line takes seconds.
    pub attempt_timeout: Duration,
    /// How long an operation may take, with all its attempts and the waits between them. Default 60 s. A wait that would
    /// end beyond it is not begun: the last outcome is given back at once.
    pub overall_timeout: Duration,
    /// When and how often an attempt is repeated.
    pub retry: RetryConfig,
    /// How long an unused connection is kept. Default 90 s: below the idle timeouts of common load balancers.
    pub pool_idle_timeout: Duration,
    /// How many unused connections are kept. Default 64: more only help callers with more requests at once.
    pub pool_max_idle: usize,
    /// In HTTP/2 (feature `http2`), after how long without anything received a connection is asked for a sign of life (a
    /// ping), in use or not. Default 10 s, as in clients of Azure's Go SDK; less than 1 s counts as 1 s.
    pub http2_ping_interval: Duration,
    /// In HTTP/2, how long that sign may take until the connection is given up. Default 5 s: a dead connection is gone
    /// before `attempt_timeout` ends an attempt on it, and a repeat finds a new one; less than 1 s counts as 1 s.
    pub http2_ping_timeout: Duration,
    /// Which proxy requests go through. Default what the environment says when the client is built.
    pub proxy: Proxy,
    /// Which servers are trusted.
    #[cfg(feature = "rustls-no-provider")]
    pub tls: TlsConfig,
    /// The largest answer that is read, in bytes. Default 16 MiB, far above what any operation answers with.
    pub max_response_bytes: usize,
    /// What the `User-Agent` begins with, to tell applications apart in the service's logs: up to 24 visible ASCII
    /// characters. Default none.
    pub application_id: Option<String>,
    /// Where requests are sent in place of the endpoint, by [`ReverseProxyLayer`](crate::ReverseProxyLayer): `https`, or
    /// this machine. Default none.
    pub reverse_proxy_endpoint: Option<Endpoint>,
    /// Whether each attempt is logged, by [`LogLayer`](crate::LogLayer). Default no.
    pub logging: bool,
    /// The headers whose values are logged besides those known to be harmless. Default none.
    pub logged_headers: Vec<HeaderName>,
    /// The query parameters whose values are logged besides those known to be harmless. Default none.
    pub logged_query: Vec<String>,
}

/// When and how often an attempt is repeated.
///
/// What certainly was not processed is always repeated: no connection, 429, and 503 with a `Retry-After`. What may have
/// been processed (a timeout, a broken exchange, 408, 500, 502, 503, 504) is repeated only where a repeat does no harm.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetryConfig {
    /// How many repeats may follow the first attempt. Default 3, as in most official SDKs.
    pub max_retries: u32,
    /// The wait before the first repeat; it doubles with each and is shortened at random by up to half. Default 200 ms.
    pub base_delay: Duration,
    /// The longest wait that is chosen here. Default 10 s.
    pub max_delay: Duration,
    /// The longest wait that is granted to a service that asks for one (`Retry-After`); an answer that asks for more is
    /// given back at once. Default 30 s: it leaves half of the overall timeout to the attempts.
    pub max_server_delay: Duration,
    /// Which part of all requests may be repeats, over the last ten seconds and besides ten a second, so that clients do
    /// not drown a service that recovers. Default 0.2; from 0 to 1000.
    pub budget: f32,
    /// Whether a send is also repeated when it may have been processed: a message can then arrive twice. Default no.
    pub at_least_once: bool,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(20),
            overall_timeout: Duration::from_secs(60),
            retry: RetryConfig::default(),
            pool_idle_timeout: Duration::from_secs(90),
            pool_max_idle: 64,
            http2_ping_interval: Duration::from_secs(10),
            http2_ping_timeout: Duration::from_secs(5),
            proxy: Proxy::default(),
            #[cfg(feature = "rustls-no-provider")]
            tls: TlsConfig::default(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            application_id: None,
            reverse_proxy_endpoint: None,
            logging: false,
            logged_headers: Vec::new(),
            logged_query: Vec::new(),
        }
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self {
            max_retries: 3,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(10),
            max_server_delay: Duration::from_secs(30),
            budget: 0.2,
            at_least_once: false,
        }
    }
}
