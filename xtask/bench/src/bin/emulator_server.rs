//! The emulator, in one thread: `taskset -c 0 emulator_server [--no-pings]`.
//!
//! Prints its connection string. Without pings it does nothing that depends on how long a run takes.

use std::{error::Error, time::Duration};

use tokio::{runtime, task::spawn_blocking};
use webpubsub_bench::{open_files, server::stand_by};
use webpubsub_emulator::{Emulator, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let limits = parse()?;
    open_files::raise_limit()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let emulator = Emulator::builder().limits(limits).start().await?;
        let address = emulator.connection_string();
        spawn_blocking(move || stand_by(&address)).await??;
        Ok(())
    })
}

fn parse() -> Result<Limits, lexopt::Error> {
    use lexopt::prelude::Long;

    let mut limits = Limits::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("no-pings") => limits.ping_interval = Duration::MAX,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(limits)
}
