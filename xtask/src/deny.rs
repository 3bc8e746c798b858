use crate::command::{Outcome, output, program, run};

/// The rules of `deny.toml`.
pub(crate) fn check() -> Outcome {
    output(program("cargo").args(["deny", "--version"]))
        .map_err(|error| format!("{error} (install it: cargo install cargo-deny --locked)"))?;
    let checks = ["check", "bans", "licenses", "sources"];
    run(
        "cargo",
        &[&["deny", "--all-features"][..], &checks].concat(),
    )
}
