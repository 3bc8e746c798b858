//! The emulator, in one thread: `taskset -c 0 emulator_server`.
//!
//! Prints its connection string.

use std::error::Error;

use tokio::{runtime, task::spawn_blocking};
use webpubsub_bench::{open_files, server::stand_by};
use webpubsub_emulator::Emulator;

fn main() -> Result<(), Box<dyn Error>> {
    open_files::raise_limit()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let emulator = Emulator::builder().start().await?;
        let address = emulator.connection_string();
        spawn_blocking(move || stand_by(&address)).await??;
        Ok(())
    })
}
