//! The clients against the emulator, and against stacks of their own.

mod arguments;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "entra")]
mod credentials;
mod errors;
#[cfg(feature = "identity")]
mod identity;
mod managing;
mod operations;
mod paging;
mod scopes;
mod stacks;
mod support;
