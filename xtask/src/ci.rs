use crate::{
    bench,
    command::{Outcome, finish, program, run},
    deny, examples, features, fuzz, instructions, interop, layers, readme,
};

/// A step by its name.
type Step = (&'static str, fn() -> Outcome);

/// Everything that guards the repository, cheapest first.
const STEPS: [Step; 14] = [
    ("format", || run("cargo", &["fmt", "--all", "--check"])),
    ("clippy", || clippy(&[])),
    ("clippy with all features", || clippy(&["--all-features"])),
    ("features", features::check),
    ("tests", tests),
    ("doc", doc),
    ("layers", layers::check),
    ("deny", deny::check),
    ("fuzz", fuzz::check),
    ("readme", readme::check),
    ("examples", examples::check),
    ("interop", interop::check),
    ("instructions", instructions::check),
    ("bench --quick", bench::quick),
];

/// Runs every step, up to the first that fails.
pub(crate) fn check() -> Outcome {
    for (name, step) in STEPS {
        println!("== {name}");
        step().map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn clippy(features: &[&str]) -> Outcome {
    let clippy = ["clippy", "--workspace", "--all-targets"];
    let no_warnings = ["--", "-D", "warnings"];
    run("cargo", &[&clippy, features, &no_warnings].concat())
}

/// The very command the README gives.
fn tests() -> Outcome {
    let command = readme::test_command()?;
    let mut words = command.split_whitespace();
    let mut program = program(words.next().unwrap_or_default());
    // A snapshot that differs is a failure here, not a file to review.
    let unattended = [("CI", "true"), ("INSTA_UPDATE", "no")];
    finish(program.args(words).envs(unattended))
}

fn doc() -> Outcome {
    let doc = ["doc", "--workspace", "--no-deps", "--all-features"];
    let mut cargo = program("cargo");
    finish(cargo.args(doc).env("RUSTDOCFLAGS", "-D warnings"))
}
