//! The clients against the emulator, and against stacks of their own.

mod arguments;
#[cfg(feature = "blocking")]
mod blocking;
mod errors;
mod operations;
mod paging;
mod scopes;
mod stacks;
mod support;
