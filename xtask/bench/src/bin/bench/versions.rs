//! The versions of what was measured, and of what it stands on.

use std::collections::BTreeMap;

use serde::Deserialize;
use webpubsub_bench::Outcome;

use crate::{document::Document, machine::said, options::Options};

const LOCK: &str = include_str!("../../../../../Cargo.lock");
const PYTHON: &str = include_str!("../../../peers/requirements.txt");
const NODE: &str = include_str!("../../../peers/package.json");

/// Those that a number depends on.
const CRATES: [&str; 9] = [
    "h2",
    "hyper",
    "hyper-util",
    "ring",
    "rustls",
    "tokio",
    "tokio-tungstenite",
    "tower",
    "webpubsub",
];

#[derive(Deserialize)]
struct Package {
    dependencies: BTreeMap<String, String>,
}

pub(crate) fn tell(options: &Options, document: &mut Document) -> Outcome {
    let crates = CRATES.map(|name| locked(name).ok_or_else(|| format!("no {name} in Cargo.lock")));
    let crates = crates.into_iter().collect::<Result<Vec<_>, _>>()?;
    let package: Package = serde_json::from_str(NODE)?;
    let npm = package.dependencies.iter();
    let npm: Vec<_> = npm
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let pip: Vec<_> = PYTHON.lines().map(|line| line.replace("==", " ")).collect();
    let row = |what: String, list: &[String]| vec![what, list.join(", ")];
    document.chapter(
        "Versions",
        "As they are locked or pinned in the repository.",
    );
    document.table(
        &["for", "versions"],
        &[
            row("Rust".to_owned(), &crates),
            row(said(options.interpreter(), &["--version"]), &pip),
            row(format!("Node {}", said("node", &["--version"])), &npm),
        ],
    );
    Ok(())
}

/// A crate with its version in the lock file; with several versions, the newest.
fn locked(name: &str) -> Option<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = LOCK.rsplit_once(&entry)?;
    let (version, _) = rest.split_once('"')?;
    Some(format!("{name} {version}"))
}
