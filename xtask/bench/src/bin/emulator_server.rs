//! The emulator, to be measured.

use tokio::runtime::Runtime;
use webpubsub_bench::{Outcome, descriptors, server};
use webpubsub_emulator::Emulator;

fn main() -> Outcome {
    descriptors::raise()?;
    let runtime = Runtime::new()?;
    let emulator = runtime.block_on(Emulator::builder().start())?;
    server::stand_by(&emulator.connection_string())?;
    Ok(())
}
