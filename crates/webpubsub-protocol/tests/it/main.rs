//! The wire as both ends see it.

mod endpoint;
mod filter;
mod frames;
mod names;
mod operations;
mod service_error;
