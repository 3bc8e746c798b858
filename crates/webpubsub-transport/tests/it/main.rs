//! The layers one by one, the stack as a whole, and the stack against servers that misbehave.

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs")))]
mod features;
mod layers;
mod network;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod proxy;
mod retry;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod secure;
mod support;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod tls;
