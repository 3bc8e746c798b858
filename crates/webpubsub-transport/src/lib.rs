//! The way of a request from an operation to the wire, as tower layers: each is public and usable alone,
//! [`default_stack`] puts them in order.
//!
//! The layers work over [`Body`], which can always be cloned for a retry, and hand errors up as [`BoxError`] with an
//! [`Error`] inside. They read what a request is about from the
//! [`OperationInfo`](webpubsub_protocol::operation::OperationInfo) in its extensions, and get by without.

mod attempts;
mod auth;
mod body;
mod call_options;
mod collect;
mod config;
mod connection;
mod connector;
mod dialer;
mod error;
mod layers;
mod log;
mod passing;
mod proxy;
mod redact;
mod request_id;
mod retry;
mod retry_after;
mod reverse_proxy;
mod service;
mod stack;
mod timeout;
#[cfg(feature = "rustls-no-provider")]
mod tls;
#[cfg(not(feature = "rustls-no-provider"))]
#[path = "no_tls.rs"]
mod tls;
mod trace;
mod upgrade;
mod url;
mod user_agent;

pub use attempts::{Attempts, CountAttempts};
pub use auth::{Auth, AuthLayer};
pub use body::Body;
pub use call_options::CallOptions;
pub use collect::{CollectBody, CollectBodyLayer};
pub use config::{RetryConfig, TransportConfig};
pub use connector::{Connector, ResponseBody};
pub use error::{Error, ErrorKind};
pub use layers::Layers;
pub use log::{Log, LogLayer};
pub use passing::Passing;
pub use proxy::Proxy;
pub use request_id::{RequestId, RequestIdLayer};
pub use retry::{RetryLayer, RetryPolicy};
pub use retry_after::retry_after;
pub use reverse_proxy::ReverseProxyLayer;
pub use service::{BoxError, HttpService, boxed};
pub use stack::{default_stack, default_stack_with};
pub use timeout::{Timeout, TimeoutLayer};
#[cfg(feature = "rustls-no-provider")]
pub use tls::{TlsConfig, TlsRoots};
pub use trace::{Trace, TraceLayer};
pub use upgrade::{Upgraded, Upgrader};
pub use user_agent::{UserAgent, UserAgentLayer};
