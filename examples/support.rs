//! What the examples share: a service to talk to, and a small WebSocket client to watch what it delivers.

#[path = "support/client.rs"]
mod client;
#[path = "support/service.rs"]
mod service;

pub use client::{Client, Received};
pub use service::Service;

/// Any error, as the examples' `main` returns it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The README's code, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
