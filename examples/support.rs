//! What the examples share: a service to talk to, and what watches what it delivers.

#[path = "support/client.rs"]
mod client;
#[path = "support/service.rs"]
mod service;

pub use client::{PlainClient, Received, in_words, next_event, next_message};
pub use service::Service;

/// Any error, as the examples' `main` returns it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The README's code, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// The code of the page on the WebSocket client, compiled.
#[cfg(doctest)]
#[doc = include_str!("../docs/client.md")]
pub struct ClientPage;
