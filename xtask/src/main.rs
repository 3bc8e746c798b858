//! The repository's own checks: `cargo xtask <check>`.

mod bench;
mod ci;
mod command;
mod deny;
mod examples;
mod features;
mod fuzz;
mod instructions;
mod interop;
mod layers;
mod peers;
mod process;
mod readme;
mod soak;

use std::{env, process::ExitCode};

use command::Outcome;

/// A check by its name, with what it does.
type Check = (&'static str, &'static str, fn() -> Outcome);

const CHECKS: [Check; 13] = [
    ("ci", "all checks, in order", ci::check),
    (
        "features",
        "each crate compiles with each set of features that makes sense",
        features::check,
    ),
    (
        "layers",
        "the floors of the house: which crate may depend on what",
        layers::check,
    ),
    (
        "instructions",
        "what a REST send, a token and a fan-out cost, against xtask/bench/instructions.tsv; needs valgrind",
        instructions::check,
    ),
    (
        "instructions --update",
        "makes what they cost now the baseline; not part of `ci`",
        instructions::update,
    ),
    (
        "deny",
        "licences, duplicates and sources of all dependencies",
        deny::check,
    ),
    (
        "fuzz",
        "the codecs of the WebSocket frames with libFuzzer, for 20 s or WEBPUBSUB_FUZZ_SECONDS",
        fuzz::check,
    ),
    (
        "readme",
        "the README's code compiles, its commands and links exist",
        readme::check,
    ),
    (
        "examples",
        "each example runs to a good end against the emulator",
        examples::check,
    ),
    (
        "interop",
        "the official Python and JavaScript packages against the emulator",
        interop::check,
    ),
    (
        "soak",
        "the WebSocket client while its connections are cut a thousand times; not part of `ci`",
        soak::check,
    ),
    (
        "bench",
        "all measurements beside the floors and the other SDKs, into docs/performance.md; 20 minutes",
        bench::check,
    ),
    (
        "bench --quick",
        "the same in small sizes: whether the harness works",
        bench::quick,
    ),
];

fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    let name = words.join(" ");
    let Some((_, _, check)) = CHECKS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("usage: cargo xtask <check>");
        for (name, what, _) in CHECKS {
            eprintln!("  {name:<21} {what}");
        }
        return ExitCode::from(2);
    };
    match check() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name} failed: {error}");
            ExitCode::FAILURE
        }
    }
}
