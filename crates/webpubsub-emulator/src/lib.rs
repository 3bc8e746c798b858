//! An Azure Web PubSub service on your own machine, for development and tests without a cloud.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), webpubsub_emulator::Error> {
//! let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! println!("{}", emulator.connection_string());
//! // ... clients and service clients use it ...
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! It answers as the service was recorded to answer, and knows these doors:
//! - REST: sends, existence, closing a connection, adding and removing a connection to and from a group, health. The
//!   service's other operations, and `filter`, answer 501. A message's time to live is checked; since nothing is kept
//!   for a client that is away, no message lives long enough to expire.
//! - WebSocket: `/client/hubs/{hub}` for plain clients and `json.webpubsub.azure.v1`. There are no event handlers, so
//!   an event is acked with an error, and a plain client that sends one is closed, as by the service. Roles with
//!   wildcards grant nothing yet. The other subprotocols of the service are refused with 501.

mod audience;
mod auth;
mod client_kind;
mod connection_id;
mod delivery;
mod emulator;
mod entra;
mod error;
mod hub;
mod keys;
mod limits;
mod member;
mod outbox;
mod permissions;
mod rest;
mod server;
mod shared;
mod socket;
mod tasks;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
mod websocket;

pub use emulator::{Builder, DEFAULT_ACCESS_KEY, DEFAULT_PORT, Emulator};
pub use error::{Error, ErrorKind};
pub use limits::Limits;
