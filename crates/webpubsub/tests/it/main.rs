//! The clients against the emulator, and against stacks of their own.

mod arguments;
#[cfg(feature = "blocking")]
mod blocking;
mod errors;
#[cfg(feature = "identity")]
mod identity;
mod operations;
mod paging;
mod scopes;
mod stacks;
mod support;
