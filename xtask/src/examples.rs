use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    command::{Outcome, output, program, read, run, target},
    process::{ended_well, wait},
    readme::links,
};

/// How long one example may take; each ends by itself within a second or two.
const LIMIT: Duration = Duration::from_secs(60);

/// What the quickstart prints for each of its clients, which is its promise in the README.
const RECEIVED_BY_EACH: usize = 3;

/// Each example runs to a good end, and stands in the table of `examples/README.md`.
pub(crate) fn check() -> Outcome {
    let examples = names()?;
    is_complete(&examples, &read("examples/README.md")?)?;
    run(
        "cargo",
        &[
            "build",
            "--quiet",
            "--package",
            "webpubsub-examples",
            "--examples",
        ],
    )?;
    for example in &examples {
        println!("> {example}");
        let started = prepared(example).stdout(Stdio::null()).spawn();
        let started = started.map_err(|error| format!("{example}: {error}"))?;
        ended_well(example, wait(example, started, LIMIT)?)?;
    }
    quickstart()
}

/// An example that was built, with its own emulator, whatever service the caller has at hand.
fn prepared(example: &str) -> Command {
    let mut program = program(target().join("debug/examples").join(example));
    program
        .env_remove("AZURE_WEBPUBSUB_CONNECTION_STRING")
        .stdin(Stdio::null());
    program
}

/// The examples as cargo knows them.
fn names() -> Outcome<BTreeSet<String>> {
    let metadata =
        output(program("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    Ok(examples_in(&metadata))
}

fn examples_in(metadata: &str) -> BTreeSet<String> {
    let marker = r#""kind":["example"],"crate_types":["bin"],"name":""#;
    let names = metadata.split(marker).skip(1);
    names
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// The page lists the examples, all of them and no others.
fn is_complete(examples: &BTreeSet<String>, page: &str) -> Outcome {
    let listed: BTreeSet<String> = links(page)
        .into_iter()
        .filter_map(|link| Some(link.strip_suffix(".rs")?.to_owned()))
        .collect();
    let differing: Vec<_> = listed.symmetric_difference(examples).collect();
    if differing.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "examples/README.md and examples/Cargo.toml differ in {differing:?}"
        ))
    }
}

/// The quickstart's clients receive what the README promises.
fn quickstart() -> Outcome {
    let printed = output(&mut prepared("quickstart"))?;
    print!("{printed}");
    let received = |client: &str| {
        let lines = printed.lines();
        lines.filter(|line| line.starts_with(client)).count()
    };
    match (received("json client"), received("plain client")) {
        (RECEIVED_BY_EACH, RECEIVED_BY_EACH) => Ok(()),
        counts => Err(format!(
            "the quickstart's clients received {counts:?} messages, not {RECEIVED_BY_EACH} each"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_that_is_not_listed_is_found_and_so_is_one_that_is_gone() {
        let metadata = r#"{"kind":["example"],"crate_types":["bin"],"name":"a","x":1},{"kind":["example"],"crate_types":["bin"],"name":"b"}"#;
        let examples = examples_in(metadata);
        is_complete(&examples, "| [a](a.rs) | [b](b.rs) |").unwrap();
        for page in ["[a](a.rs)", "[a](a.rs) [b](b.rs) [c](c.rs)"] {
            assert!(is_complete(&examples, page).is_err(), "{page}");
        }
    }
}
