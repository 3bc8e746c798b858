//! Azure Web PubSub for Rust: push messages from a server to browsers, phones and programs over WebSocket.
//!
//! ```no_run
//! # async fn example() -> Result<(), webpubsub::Error> {
//! use webpubsub::{Message, WebPubSubServiceClient};
//!
//! let connection_string = "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=...;Version=1.0;";
//! let client = WebPubSubServiceClient::from_connection_string(connection_string, "chat")?;
//! client.send_to_all(Message::text("hello")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`WebPubSubServiceClient`] is the async client, [`blocking::WebPubSubServiceClient`] the same without async. Both
//!   are cheap to clone and safe to share.
//! - A method gives a [`Call`]; options chain on it, and it is sent when it is awaited (blocking: by `send`). Values
//!   are checked before a byte is sent, and an [`Error`] names the parameter and its rule.
//! - A send is never repeated unless it is certain that the service did not process it; see
//!   [`transport::RetryConfig`].
//! - [`client_access_url`](WebPubSubServiceClient::client_access_url) makes the URL a WebSocket client connects with.
//! - To run without a cloud, give the connection string of the `webpubsub-emulator`.

mod argument;
mod builder;
mod call;
mod client;
mod core;
mod credential;
mod error;
#[cfg(feature = "identity")]
mod identity;
mod mode;
mod operations;
mod pager;
mod scope;

#[cfg(feature = "blocking")]
pub mod blocking;

pub use argument::Argument;
pub use builder::Builder;
pub use call::Call;
pub use client::{CONNECTION_STRING_VARIABLE, HUB_VARIABLE, ServiceClient, WebPubSubServiceClient};
pub use credential::Credential;
pub use error::{Error, ErrorKind};
#[cfg(feature = "identity")]
pub use identity::identity;
pub use mode::{Async, Mode};
pub use pager::{Pager, Pages};
pub use scope::{ConnectionClient, GroupClient, UserClient};

#[cfg(feature = "identity")]
pub use webpubsub_auth::Identity;
pub use webpubsub_auth::{
    AccessKey, AccessKeys, Authorizer, ClientAccessToken, ClientAccessUrl, ConnectionString,
};
pub use webpubsub_protocol::{
    ApiVersion, ClientProtocol, ConnectionId, DataType, Endpoint, Filter, GroupName, GroupPattern,
    HubName, MAX_MESSAGE_BYTES, Message, Metadata, Permission, Role, ServiceError, UserId, filter,
    operation::{self, GroupMember, Page},
};
pub use webpubsub_transport as transport;
