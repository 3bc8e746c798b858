//! Everything of Azure Web PubSub that crosses a wire, as plain values: no IO, no async, no crypto, no clock.
//!
//! Each REST operation, name, option and WebSocket frame is defined once, with both directions: a client encodes with
//! it, a server (the emulator, a test) decodes with it.
//!
//! ```
//! use webpubsub_protocol::{
//!     Endpoint, GroupName, HubName, Message,
//!     operation::{Operation, SendToGroup, WithExcluded},
//! };
//!
//! let endpoint: Endpoint = "https://contoso.webpubsub.azure.com".parse()?;
//! let operation = SendToGroup::new(GroupName::new("room")?, Message::text("hi"))
//!     .excluded(["a".try_into()?]);
//! let request = operation.to_request(&endpoint, &HubName::new("chat")?)?;
//! assert_eq!(
//!     request.uri(),
//!     "https://contoso.webpubsub.azure.com/api/hubs/chat/groups/room/:send?api-version=2024-12-01&excluded=a"
//! );
//! # Ok::<(), webpubsub_protocol::Error>(())
//! ```

mod client_protocol;
mod encoding;
mod endpoint;
mod error;
pub mod filter;
pub mod frame;
mod message;
mod name;
pub mod operation;
mod role;
mod service_error;

pub use client_protocol::ClientProtocol;
pub use endpoint::{Endpoint, is_loopback_host};
pub use error::{Error, ErrorKind};
pub use filter::Filter;
pub use message::{DataType, MAX_MESSAGE_BYTES, Message};
pub use name::{ConnectionId, EventName, GroupName, HubName, Name, NameKind, UserId, kind};
pub use role::Role;
pub use service_error::ServiceError;

/// The REST API version this crate speaks: the newest stable one.
pub const API_VERSION: &str = "2024-12-01";

/// The API versions the service lists in its `api-supported-versions` header, oldest first.
pub const SUPPORTED_API_VERSIONS: [&str; 5] = [
    "2021-10-01",
    "2022-11-01",
    "2023-07-01",
    "2024-01-01",
    API_VERSION,
];
