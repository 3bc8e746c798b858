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
//! - REST: all operations of the newest stable API version. Tokens are signed with one of two access keys; where
//!   [allowed](Builder::allow_unvalidated_entra), Entra ID tokens are taken without a check of their signature. What is
//!   granted and revoked holds at once on the live connection. A message that has waited for a client beyond its time to
//!   live is dropped when its turn comes.
//! - WebSocket: `/client/hubs/{hub}` for plain clients and for those of the four subprotocols, JSON and protobuf, reliable
//!   or not. Messages to a reliable client wait until it has acknowledged them, and it can recover its connection after
//!   its socket broke. There are no event handlers, so an event is acked with an error, a plain client that sends one is
//!   closed, as by the service, and a client with a custom subprotocol is refused with 400.
//!
//! Tests of what has to cope with failures make it fail on purpose ([`Faults`]); those that cannot wait give it a
//! [clock](Clock) of their own.
//!
//! Answers do not say why a token is refused; the events do, at `debug`, through `tracing` (the program: `--verbose`).
//!
//! Features, all on by default: `tls` lets it speak [https and wss](Builder::tls), `cli` is the program. A library needs
//! neither.

mod audience;
mod auth;
mod client_kind;
mod clock;
mod connection_id;
mod delivery;
mod emulator;
mod entra;
mod error;
mod faults;
mod hub;
mod hubs;
mod keys;
mod limits;
mod line;
mod member;
mod outbox;
mod permissions;
mod random;
mod reconnection;
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

pub use clock::Clock;
pub use emulator::{Builder, DEFAULT_ACCESS_KEY, DEFAULT_PORT, Emulator};
pub use error::{Error, ErrorKind};
pub use faults::{Fault, Faults, Moment, Rule};
pub use limits::Limits;
