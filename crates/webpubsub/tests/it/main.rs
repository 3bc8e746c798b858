//! The clients against the emulator, and against stacks of their own.

mod arguments;
#[cfg(feature = "blocking")]
mod blocking;
mod errors;
mod operations;
mod stacks;
mod support;
