//! Everything of Azure Web PubSub that crosses a wire, as plain values: no IO, no async, no crypto, no clock.
//!
//! Each REST operation, name, option and WebSocket frame is defined once, with both directions: a client encodes with
//! it, a server (the emulator, a test) decodes with it.
//!
//! ```
//! use webpubsub_protocol::{
//!     GroupName, HubName, Message, Target,
//!     operation::{Operation, SendToGroup, WithExcluded},
//! };
//!
//! let target = Target::new("https://contoso.webpubsub.azure.com".parse()?, HubName::new("chat")?);
//! let operation = SendToGroup::new(GroupName::new("room")?, Message::text("hi"))
//!     .excluded(["a".try_into()?]);
//! let request = operation.to_request(&target)?;
//! assert_eq!(
//!     request.uri(),
//!     "https://contoso.webpubsub.azure.com/api/hubs/chat/groups/room/:send?api-version=2024-12-01&excluded=a"
//! );
//! # Ok::<(), webpubsub_protocol::Error>(())
//! ```

mod api_version;
mod client_protocol;
pub mod connection;
mod encoding;
mod endpoint;
mod error;
pub mod filter;
pub mod frame;
mod group_pattern;
mod message;
mod metadata;
mod name;
pub mod operation;
mod permission;
mod role;
mod service_error;
mod target;
mod token;

pub use api_version::ApiVersion;
pub use client_protocol::ClientProtocol;
pub use endpoint::{Endpoint, is_loopback_host};
pub use error::{Error, ErrorKind};
pub use filter::Filter;
pub use group_pattern::GroupPattern;
pub use message::{DataType, MAX_MESSAGE_BYTES, Message};
pub use metadata::Metadata;
pub use name::{ConnectionId, EventName, GroupName, HubName, Name, NameKind, UserId, kind};
pub use permission::Permission;
pub use role::Role;
pub use service_error::ServiceError;
pub use target::Target;
pub use token::Token;
