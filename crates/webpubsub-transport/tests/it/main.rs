//! The layers one by one, the stack as a whole, and the stack against servers that misbehave.

mod faults;
#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs")))]
mod features;
mod layers;
mod network;
mod options;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod proxy;
mod replay;
mod retry;
mod reverse_proxy;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod secure;
mod support;
#[cfg(all(feature = "http2", feature = "rustls-ring"))]
mod tls;
mod user_layers;
