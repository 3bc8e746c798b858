//! What the measured programs and what measures them agree on.
//!
//! A *load* does so many operations and prints its [`Figures`] as one line of JSON. A *server* prints where it is
//! reached, then answers each line on its standard input with its [`Usage`], and ends with the input
//! ([`server::stand_by`]). Whoever is measured measures itself, so that its start is not counted.

pub mod figures;
pub mod server;
pub mod usage;

pub use self::{figures::Figures, usage::Usage};
