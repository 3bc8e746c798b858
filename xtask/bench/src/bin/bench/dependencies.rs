//! How many crates come with the facade.

use std::collections::BTreeSet;

use webpubsub_bench::{Outcome, Program};

use crate::{
    document::Document,
    series::Spread,
    target::{Bound, Target},
};

const TREE: [&str; 9] = [
    "tree",
    "--package",
    "webpubsub",
    "--edges",
    "normal",
    "--prefix",
    "none",
    "--format",
    "{p}",
];

pub(crate) async fn count(document: &mut Document) -> Outcome {
    let cargo = Program::at("cargo", "cargo".into()).with(TREE);
    let here = env!("CARGO_MANIFEST_DIR");
    let output = cargo.command().current_dir(here).output().await?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let tree = String::from_utf8(output.stdout)?;
    let crates: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    let count = u32::try_from(crates.len())?;
    let what = "crates of the facade with default features, on Linux";
    let seen = Spread::of([f64::from(count)])?;
    document.target(Target::new(what, Bound::AtMost(75.0), seen));
    Ok(())
}
