//! The load runs in a size for every day: they come to a good end, and their figures can be read back.

use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;
use webpubsub_bench::{mixed::Mixed, resets::Resets};

/// Runs a program; gives the figures it prints. What it has to say besides is seen when the test fails.
fn figures<F: DeserializeOwned>(program: &str, arguments: &[&str]) -> F {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn mixed() {
    let size = ["--seconds", "2", "--connections", "300"];
    let figures: Mixed = figures(env!("CARGO_BIN_EXE_load_mixed"), &size);
    assert_eq!(figures.readers, 240);
    assert!(figures.received > 0, "{figures:?}");
}

#[test]
fn resets() {
    let figures: Resets = figures(env!("CARGO_BIN_EXE_load_resets"), &["--seconds", "2"]);
    assert!(figures.succeeded > 0, "{figures:?}");
}
