use crate::{
    command::{Outcome, finish, output, program, run},
    deny, interop, layers, readme,
};

/// Everything that guards the repository, cheapest first.
pub(crate) fn check() -> Outcome {
    run("cargo", &["fmt", "--all", "--check"])?;
    let clippy = ["clippy", "--workspace", "--all-targets"];
    for features in [&[][..], &["--all-features"]] {
        run(
            "cargo",
            &[&clippy[..], features, &["--", "-D", "warnings"]].concat(),
        )?;
    }
    tests()?;
    let doc = ["doc", "--workspace", "--no-deps", "--all-features"];
    finish(
        program("cargo")
            .args(doc)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    layers::check()?;
    deny()?;
    readme::check()?;
    quickstart()?;
    interop::check()
}

/// The very command the README gives.
fn tests() -> Outcome {
    let command = readme::test_command()?;
    let mut words = command.split_whitespace();
    let program = program(words.next().unwrap_or_default());
    // A snapshot that differs is a failure here, not a file to review.
    finish({ program }.args(words).env("INSTA_UPDATE", "no"))
}

fn quickstart() -> Outcome {
    println!("> cargo run --example quickstart");
    let printed = output("cargo", &["run", "--quiet", "--example", "quickstart"])?;
    print!("{printed}");
    let received = |client: &str| {
        printed
            .lines()
            .filter(|line| line.starts_with(client))
            .count()
    };
    match (received("json client"), received("plain client")) {
        (3, 3) => Ok(()),
        counts => Err(format!(
            "the quickstart's clients received {counts:?} messages, not (3, 3)"
        )),
    }
}
