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
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! # async fn ask_your_server(connection_string: String) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
//! #     let parts: webpubsub_auth::ConnectionString = connection_string.parse()?;
//! #     let hub = webpubsub_protocol::HubName::new("chat")?;
//! #     let token = webpubsub_client::ClientAccessToken::new();
//! #     Ok(token.sign(parts.endpoint(), &hub, parts.access_key())?.expose_url().to_string())
//! # }
//! # let given = connection_string.clone();
//! # let ask_your_server = move || ask_your_server(given.clone());
//! use webpubsub_client::{WebPubSubClient, WebPubSubClientCredential};
//!
//! let credential = WebPubSubClientCredential::from_callback(move || ask_your_server());
//! let (client, events) = WebPubSubClient::new(credential)?;
//! client.start().await?;
//! assert!(client.state().is_connected());
//! # Ok(())
//! # }
//! ```
//!
//! # Receiving
//!
//! [`Events`] is a stream of what happens, in order. It is bounded: who falls behind slows the service down. [`Handlers`] are
//! closures for it, called one after the other until the client has stopped. JSON payloads are read by
//! [`Message::parse_json`] into any type serde knows.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! # use webpubsub_client::*;
//! # let token = ClientAccessToken::new().roles(["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroup.room"]);
//! # let credential = WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
//! let (client, mut events) = WebPubSubClient::new(credential)?;
//! client.start().await?;
//! client.join_group("room").await?;
//! client.send_to_group("room", Message::json(&(3, "apples"))?).await?;
//!
//! let stopping = client.clone();
//! let (mut number, mut fruit) = (0, String::new());
//! let mut handlers = Handlers::new()
//!     .on_connected(|connected| println!("{} is here", connected.connection_id))
//!     .on_group_message(|message| {
//!         (number, fruit) = message.message.parse_json().unwrap_or_default();
//!         let stopping = stopping.clone();
//!         tokio::spawn(async move { stopping.stop().await });
//!     });
//! events.handle(&mut handlers).await;
//! drop(handlers);
//! assert_eq!((number, fruit.as_str()), (3, "apples"));
//! # Ok(())
//! # }
//! ```
//!
//! # Sending
//!
//! A [`Request`] is done when the service has acknowledged it. Without a connection it waits for one, within its timeout.
//! Options chain on it; [`fire_and_forget`](Request::fire_and_forget) waits for no answer.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! # use webpubsub_client::*;
//! # let token = ClientAccessToken::new().roles(["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroup.room"]);
//! # let credential = WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
//! use std::time::Duration;
//!
//! # let (client, _events) = WebPubSubClient::new(credential)?;
//! # client.start().await?;
//! client.send_to_group("room", Message::text("hello")).no_echo().ack_timeout(Duration::from_secs(5)).await?;
//!
//! let error = client.send_to_group("attic", Message::text("hello")).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Rejected);
//! assert!(error.ack_error().is_some_and(|said| said.name == AckErrorName::Forbidden));
//! assert!(!error.may_have_been_processed());
//! # Ok(())
//! # }
//! ```
//!
//! What the service may have done is never done again by the client itself: such an error says
//! [`may_have_been_processed`](Error::may_have_been_processed). The exceptions do no harm: joining and leaving, and a
//! repeat with the same ack id on the same connection, which the service
//! [recognizes](WebPubSubResult::is_duplicate).
//!
//! # When the connection breaks
//!
//! With a reliable [`Subprotocol`], which is the default, the client takes up the same connection again: nothing is lost,
//! doubled or reordered. If that fails for half a minute, or the service has given the connection up, it makes another, and
//! joins its groups again. [`ClientOptions`] says how; [`ConnectionState`] and the events tell where it stands. The emulator
//! can break a socket on purpose:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = &emulator.connection_string();
//! # use webpubsub_client::*;
//! # let token = ClientAccessToken::new().roles(["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroup.room"]);
//! # let credential = WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
//! # let (client, mut events) = WebPubSubClient::new(credential)?;
//! # client.start().await?;
//! # client.join_group("room").await?;
//! # assert!(matches!(events.next().await, Some(Event::Connected(_))));
//! let id = client.connection_id().ok_or("it is connected")?;
//! assert!(emulator.faults().drop_connection(&id));
//! assert!(matches!(events.next().await, Some(Event::Recovering(_))));
//!
//! // Sent while there is no socket, or over the new one.
//! client.send_to_group("room", Message::text("still here")).await?;
//! assert!(matches!(events.next().await, Some(Event::Recovered(_))));
//! let Some(Event::GroupMessage(message)) = events.next().await else { return Err("it is a message".into()) };
//! assert_eq!(message.message.as_text(), Some("still here"));
//! assert_eq!(client.connection_id(), Some(id));
//! # Ok(())
//! # }
//! ```
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
