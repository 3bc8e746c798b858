//! Many clients of all kinds on one emulator, with mixed traffic: clients come and go, join and leave groups and send to
//! them, while the service client sends to all and to groups. Checks that no reader misses a message, that messages are in
//! order, that nothing fails, and that the emulator's memory is bounded.
//!
//! `--seconds N` (60), `--connections N` (10,000), `--senders N` (100): clients that send, each to a group of its own; the
//! readers are divided among these groups; `--seed N` (1): rates, and who does what when.

mod connection;
mod load;
mod message;
mod plain;
mod positions;
mod reader;
mod run;
mod traffic;
mod visitor;
mod work;

use std::process::ExitCode;

use webpubsub_bench::{Findings, Outcome, mixed::Mixed, options};

use crate::run::Options;

#[tokio::main]
async fn main() -> ExitCode {
    Findings::conclude(Box::pin(run()).await)
}

async fn run() -> Outcome<Findings<Mixed>> {
    let (mut seconds, mut connections, mut senders, mut seed) = (60, 10_000, 100, 1);
    options::read(&mut [
        ("seconds", &mut seconds),
        ("connections", &mut connections),
        ("senders", &mut senders),
        ("seed", &mut seed),
    ])?;
    let options = Options::new(seconds, connections, senders, seed)?;
    load::run(options).await
}
