//! The layers one by one, the stack as a whole, and the stack against servers that misbehave.

mod layers;
mod network;
mod retry;
mod support;
