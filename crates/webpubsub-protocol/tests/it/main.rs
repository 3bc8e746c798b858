//! The wire as both ends see it.

mod endpoint;
mod frames;
mod names;
mod operations;
mod service_error;
