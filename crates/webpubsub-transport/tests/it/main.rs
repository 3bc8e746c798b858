//! The layers one by one, the stack as a whole, and the stack against servers that misbehave.

mod faults;
mod layers;
mod network;
mod options;
mod replay;
mod retry;
mod reverse_proxy;
mod support;
mod user_layers;
