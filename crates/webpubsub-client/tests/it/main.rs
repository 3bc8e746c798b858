//! The client against the emulator and against scripted servers.
//!
//! Every wait is for an event, within [`support::PATIENCE`].

mod basics;
mod long_run;
mod support;
mod wire;
