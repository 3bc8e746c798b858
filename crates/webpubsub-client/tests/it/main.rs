//! The client against the emulator and against scripted servers.
//!
//! Every wait is for an event, within [`support::PATIENCE`].

mod basics;
mod connecting;
mod defects;
mod handles;
mod long_run;
mod scripted;
mod secrets;
mod support;
mod wire;
