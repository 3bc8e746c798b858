//! What the measured programs and what measures them agree on.
//!
//! A *load* does so many operations and prints its [`Figures`] as one line of JSON. A *server* prints where it is
//! reached, then answers each line on its standard input with its [`Usage`], and ends with the input
//! ([`server::stand_by`]). Whoever is measured measures itself, so that its start is not counted.
//!
//! A load of many WebSocket connections waits for whoever measures: it prints `ready` and goes on with a line on its
//! standard input ([`load::ready`]); when it has reported, it keeps its connections until the input ends
//! ([`load::linger`]).
//!
//! A *load run* puts a server under load for a while, checks what must hold meanwhile, and ends with its
//! [`Findings`].

pub mod crowd;
pub mod figures;
pub mod hub;
pub mod load;
pub mod memory;
pub mod mixed;
pub mod open_files;
pub mod options;
pub mod outcome;
pub mod process;
pub mod program;
pub mod resets;
pub mod samples;
pub mod sends;
pub mod server;
pub mod upgrade;
pub mod usage;

pub use self::{
    figures::Figures,
    outcome::{Findings, Outcome},
    program::Program,
    usage::Usage,
};
