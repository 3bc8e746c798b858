//! Keys and tokens of Azure Web PubSub: connection strings, access keys, HS256 tokens, client access URLs.
//!
//! The crate stands alone: no HTTP, no TLS, no async runtime. To hand a WebSocket client its URL, this is enough:
//!
//! ```
//! use std::time::Duration;
//! use webpubsub_auth::{ClientAccessToken, ConnectionString};
//! use webpubsub_protocol::{HubName, Role};
//!
//! let connection: ConnectionString =
//!     "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=secret;Version=1.0;".parse()?;
//! let url = ClientAccessToken::new()
//!     .user_id("ann")
//!     .role(Role::send_to_group("room")?)
//!     .lifetime(Duration::from_secs(5 * 60))
//!     .sign(connection.endpoint(), &HubName::new("chat")?, connection.access_key())?;
//! assert!(url.expose_url().starts_with("wss://contoso.webpubsub.azure.com/client/hubs/chat?access_token="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A secret has no `Display`, prints `[REDACTED]` in `Debug`, and comes out only through a method named `expose_…`.

mod access_key;
mod access_keys;
mod authorizer;
mod claims;
mod claims_writer;
mod client_access;
mod connection_string;
#[cfg(feature = "entra")]
mod entra;
mod error;
#[cfg(feature = "identity")]
mod identity;
pub mod jwt;
#[cfg(feature = "entra")]
mod token_cache;

pub use access_key::AccessKey;
pub use access_keys::AccessKeys;
pub use authorizer::{Authorizer, BoxFuture, KeyAuthorizer};
pub use claims::{ClientAccessClaims, TokenClaims};
pub use client_access::{ClientAccessToken, ClientAccessUrl, DEFAULT_LIFETIME};
pub use connection_string::ConnectionString;
#[cfg(feature = "entra")]
pub use entra::EntraAuthorizer;
pub use error::{Error, ErrorKind};
#[cfg(feature = "identity")]
pub use identity::Identity;
pub use webpubsub_protocol::Token;
