//! Azure Web PubSub for Rust: push messages from a server to browsers, phones and programs over WebSocket.
//!
//! # Make a client
//!
//! With the connection string of the Azure portal, or of the `webpubsub-emulator` on your own machine:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! use webpubsub::{Message, WebPubSubServiceClient};
//!
//! let client = WebPubSubServiceClient::from_connection_string(connection_string, "chat")?;
//! client.send_to_all(Message::text("hello")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`from_env`](ServiceClient::from_env) takes it from the environment, [`new`](ServiceClient::new) an endpoint and a
//! [`Credential`]: an [`AccessKey`], two [`AccessKeys`] of which one takes over when the other is refused, or (feature
//! `entra`) any credential of azure_core. The feature `identity` brings credentials of azure_identity, and a default one
//! that finds out where it runs:
//!
//! ```no_run
//! # #[cfg(feature = "identity")]
//! # fn main() -> Result<(), webpubsub::Error> {
//! use webpubsub::{WebPubSubServiceClient, identity, transport::TransportConfig};
//!
//! let credential = identity(&TransportConfig::default())?.default_credential();
//! let endpoint = "https://contoso.webpubsub.azure.com";
//! let client = WebPubSubServiceClient::new(endpoint, credential, "chat")?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "identity"))]
//! # fn main() {}
//! ```
//!
//! A client works on one hub. Clones, and clients of other hubs made by [`hub`](ServiceClient::hub), are cheap: they share
//! connections, credential and retry budget.
//!
//! # Let WebSocket clients in
//!
//! They connect with a URL that holds a token; your server makes one for each user it has signed in.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), webpubsub::Error> {
//! # let connection_string = "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=secret;";
//! # let client = webpubsub::WebPubSubServiceClient::from_connection_string(connection_string, "chat")?;
//! use std::time::Duration;
//! use webpubsub::{ClientAccessToken, Role};
//!
//! let token = ClientAccessToken::new()
//!     .user_id("ann")
//!     .group("room")
//!     .role(Role::send_to_group("room")?)
//!     .lifetime(Duration::from_secs(5 * 60));
//! let url = client.client_access_url(token).await?;
//! assert_eq!(url.base(), "wss://contoso.webpubsub.azure.com/client/hubs/chat");
//! # Ok(())
//! # }
//! ```
//!
//! # Send
//!
//! To all, a group, a user or a connection. A [`Message`] says what it is; options chain on the call, which is sent when it
//! is awaited.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let client = webpubsub::WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), "chat")?;
//! use std::time::Duration;
//! use webpubsub::{Message, filter::{groups, user_id}};
//!
//! client.send_to_user("ann", Message::json(&["any", "value"])?).await?;
//! client
//!     .send_to_group("room", Message::binary(vec![1, 2, 3]))
//!     .excluded(["a-connection-id"])
//!     .filter(user_id().ne("o'hara") & !groups().contains("muted"))
//!     .message_ttl(Duration::from_secs(60))
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The service accepts a message (202) and delivers it without telling whether anyone got it.
//!
//! # Groups, users, connections
//!
//! Handles leave out the argument they stand for. A list is a `Stream` of items (of the blocking client an `Iterator`).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let client = webpubsub::WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), "chat")?;
//! use futures_util::TryStreamExt as _;
//! use webpubsub::{Message, Permission};
//!
//! let room = client.group("room");
//! room.send(Message::text("anybody here?")).await?;
//! let mut members = room.list_connections();
//! while let Some(member) = members.try_next().await? {
//!     let connection = client.connection(&member.connection_id);
//!     connection.grant_permission(Permission::SendToGroup).target_name("room").await?;
//! }
//! room.close_connections().reason("closing time").await?;
//! assert!(!client.user("ann").exists().await?);
//! # Ok(())
//! # }
//! ```
//!
//! # When something goes wrong
//!
//! Values are checked before a byte is sent. An [`Error`] names the operation, the parameter and its rule, keeps the
//! service's status, code and request id, and shows neither names nor payloads nor keys.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let client = webpubsub::WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), "chat")?;
//! use webpubsub::ErrorKind;
//!
//! let error = client.group_exists("").await.unwrap_err();
//! assert_eq!((error.kind(), error.parameter()), (ErrorKind::InvalidArgument, Some("group")));
//!
//! let error = client.add_user_to_group("room", "nobody").await.unwrap_err();
//! assert_eq!(error.service_code(), Some("Warning.User.NotExisted"));
//! # Ok(())
//! # }
//! ```
//!
//! What certainly was not processed is repeated, with the waits the service asks for; a send that may have been processed is
//! not, unless you say [`at_least_once`](Call::at_least_once). Timeouts and retry are set for a client by
//! [`TransportConfig`](transport::TransportConfig), for a call by [`timeout`](Call::timeout),
//! [`max_retries`](Call::max_retries) or [`options`](Call::options).
//!
//! # See what happens
//!
//! [`logging(true)`](Builder::logging) on the builder or [on one call](Call::logging) tells of requests and responses at level
//! `debug` on target `webpubsub::http` of `tracing`; never of a token or a payload. Spans have OpenTelemetry's names.
//! [`with_response`](Call::with_response) gives status and headers of an answer.
//!
//! # Receive, over WebSocket
//!
//! The feature `client` adds [`WebPubSubClient`], whose crate documentation is [its own
//! tutorial](client). Its URLs come from wherever a server gives them to it; here, with any credential, from the service
//! client itself:
//!
//! ```
//! # #[cfg(feature = "client")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let service = webpubsub::WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), "chat")?;
//! use webpubsub::{ClientAccessToken, Message, WebPubSubClient, client::{Event, WebPubSubClientCredential}};
//!
//! let asked = service.clone();
//! let credential = WebPubSubClientCredential::from_callback(move || {
//!     let token = ClientAccessToken::new().user_id("ann");
//!     asked.client_access_url(token).into_future()
//! });
//! let (client, mut events) = WebPubSubClient::new(credential)?;
//! client.start().await?;
//! service.send_to_user("ann", Message::text("hello")).await?;
//! while let Some(event) = events.next().await {
//!     if let Event::ServerMessage(message) = event {
//!         assert_eq!(message.message.as_text(), Some("hello"));
//!         client.stop().await;
//!     }
//! }
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "client"))]
//! # fn main() {}
//! ```
//!
//! # Without async, and with middleware
//!
//! [`blocking::WebPubSubServiceClient`](blocking) has the same methods; a call ends in `send()`. Tower layers go
//! [around an operation](Builder::layer) or [around each attempt](Builder::attempt_layer), and
//! [`with_service`](ServiceClient::with_service) takes a service of your own in place of the whole stack, as a test may.
//! [`ServiceClient::send`] takes operations of your own.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `blocking` | yes | the blocking client |
//! | `http2` | yes | HTTP/2 where the service offers it |
//! | `rustls-ring` | yes | TLS with ring |
//! | `rustls-aws-lc-rs` | | TLS with aws-lc-rs, which wins when both are on |
//! | `rustls-no-provider` | | TLS with the provider the application installs |
//! | `webpki-roots` | | Mozilla's certificates, to choose in place of the system's |
//! | `client` | | the WebSocket client |
//! | `entra` | | any credential of azure_core |
//! | `identity` | | credentials of azure_identity, and a default credential |

mod argument;
mod builder;
mod call;
mod core;
mod credential;
mod error;
#[cfg(feature = "identity")]
mod identity;
mod mode;
mod operations;
mod pager;
mod scope;
mod service_client;

#[cfg(feature = "blocking")]
pub mod blocking;

pub use argument::Argument;
pub use builder::Builder;
pub use call::Call;
pub use credential::Credential;
pub use error::{Error, ErrorKind};
#[cfg(feature = "identity")]
pub use identity::identity;
pub use mode::{Async, Mode};
pub use pager::{Pager, Pages};
pub use scope::{ConnectionClient, GroupClient, UserClient};
pub use service_client::{
    CONNECTION_STRING_VARIABLE, HUB_VARIABLE, ServiceClient, WebPubSubServiceClient,
};

#[cfg(feature = "identity")]
pub use webpubsub_auth::Identity;
pub use webpubsub_auth::{
    AccessKey, AccessKeys, Authorizer, ClientAccessToken, ClientAccessUrl, ConnectionString,
};
#[cfg(feature = "client")]
pub use webpubsub_client::{self as client, WebPubSubClient};
pub use webpubsub_protocol::{
    ApiVersion, ClientProtocol, ConnectionId, DataType, Endpoint, Filter, GroupName, GroupPattern,
    HubName, MAX_MESSAGE_BYTES, Message, Metadata, Permission, Role, ServiceError, UserId, filter,
    operation::{self, GroupMember, Page},
};
pub use webpubsub_transport as transport;
