//! Runs all measurements on this machine, one after the other, and writes them into a document.
//!
//! `bench [--python <interpreter>] [--node <folder>] [--write <file>] [--quick]`; `cargo xtask bench` prepares all that and
//! builds what is measured. A peer whose packages are not given is missing in the document.

mod claims;
mod cores;
mod dependencies;
mod document;
mod fanout;
mod growth;
mod instructions;
mod load_runs;
mod machine;
mod options;
mod rest;
mod series;
mod start;
mod subject;
mod target;
mod tokens;
mod versions;

use std::process::ExitCode;

use webpubsub_bench::Outcome;

use self::{document::Document, machine::Machine, options::Options};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "this is a program for people")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome {
    let options = Options::read()?;
    let machine = Machine::look()?;
    let mut document = Document::default();
    rest::measure(&options, &mut document).await?;
    tokens::measure(&options, &mut document).await?;
    fanout::measure(&options, &mut document).await?;
    growth::measure(&options, &mut document).await?;
    start::measure(&options, &mut document).await?;
    load_runs::measure(&options, &mut document).await?;
    instructions::tell(&mut document)?;
    dependencies::count(&mut document).await?;
    versions::tell(&options, &mut document)?;
    document.write(&machine.since()?, &options)
}
