//! The WebSocket client of Azure Web PubSub: it joins groups, publishes, sends events and receives, over a connection that
//! survives a broken socket without losing a message.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! use webpubsub_client::{
//!     ClientAccessToken, Event, Message, WebPubSubClient, WebPubSubClientCredential,
//! };
//!
//! let token = ClientAccessToken::new()
//!     .user_id("ann")
//!     .roles(["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]);
//! let credential = WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
//! let (client, mut events) = WebPubSubClient::new(credential)?;
//!
//! client.start().await?;
//! client.join_group("room").await?;
//! client.send_to_group("room", Message::text("hello")).await?;
//!
//! while let Some(event) = events.next().await {
//!     if let Event::GroupMessage(message) = event {
//!         assert_eq!(message.message.as_text(), Some("hello"));
//!         break;
//!     }
//! }
//! client.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Where the URL comes from
//!
//! A program that is not trusted with the access key gets its URL, which holds a token, from a server. Give the client the
//! URL, or, better, a callback that asks for one: it is called for each new connection, so that tokens may be short-lived.
//! See [`WebPubSubClientCredential`].
//!
//! # Receiving
//!
//! [`Events`] is a stream of what happens, in order; [`Handlers`] are closures for it. It is bounded: who falls behind slows
//! the service down. JSON payloads are read by [`Message::parse_json`] into any type serde knows.
//!
//! # Sending
//!
//! A [`Request`] is done when the service has acknowledged it, and says whether that was a
//! [duplicate](WebPubSubResult::is_duplicate). [`fire_and_forget`](Request::fire_and_forget) waits for no answer. Without a
//! connection a request waits for one, within its timeout. What the service may have done is never done again by the client
//! itself: such an error says [`may_have_been_processed`](Error::may_have_been_processed). The exception is a repeat with
//! the same ack id on the same connection, which the service recognizes.
//!
//! # When the connection breaks
//!
//! With a reliable [`Subprotocol`], which is the default, the client takes up the same connection again: nothing is lost,
//! doubled or reordered. If that fails for half a minute, or the service has given the connection up, it makes another, and
//! joins its groups again. [`ClientOptions`] says how; [`ConnectionState`] and the events tell where it stands.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls-ring` | yes | TLS with ring |
//! | `rustls-aws-lc-rs` | | TLS with aws-lc-rs, which wins when both are on |
//! | `rustls-no-provider` | | TLS with the provider the application installs |
//! | `webpki-roots` | | Mozilla's certificates, to choose in place of the system's |

mod builder;
mod client;
mod credential;
mod driver;
mod error;
mod event;
mod events;
mod handlers;
mod options;
mod request;
mod result;
mod session;
mod socket;
mod state;
mod url;

pub use builder::Builder;
pub use client::WebPubSubClient;
pub use credential::WebPubSubClientCredential;
pub use error::{Error, ErrorKind};
pub use event::{
    Closed, Connected, Disconnected, Event, GroupMessage, RejoinGroupFailed, ServerMessage, Stopped,
};
pub use events::Events;
pub use handlers::Handlers;
pub use options::{Backoff, ClientOptions};
pub use request::{Request, kind};
pub use result::WebPubSubResult;
pub use state::{ConnectionState, StateWatch};
pub use url::ClientUrl;
pub use webpubsub_auth::{ClientAccessToken, ClientAccessUrl};
pub use webpubsub_protocol::{
    ConnectionId, DataType, EventName, GroupName, Message, Metadata, UserId,
    frame::{AckError, AckErrorName, Subprotocol},
};
pub use webpubsub_transport::{self as transport, BoxError};
