//! The default stack against a server that does everything a server must not do.

mod clock;
mod fault;
mod random;
mod server;
mod table;
