//! The wire as both ends see it.

mod any_frame;
mod contract;
mod endpoint;
mod every_operation;
mod filter;
mod frames;
mod metadata;
mod names;
mod operations;
mod outputs;
mod paging;
mod protobuf;
mod reading;
mod service_error;
mod support;
mod values;
mod wire_equality;
