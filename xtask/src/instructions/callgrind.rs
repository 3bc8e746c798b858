use std::{fs, process::Command};

use crate::command::{Outcome, program, target};

/// A program whose instructions are counted.
pub(super) fn counted(name: &str) -> Command {
    let mut valgrind = program("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind"])
        .arg(format!("--callgrind-out-file={}", report(name)))
        .arg(binary(name));
    valgrind
}

/// A program that runs as it is.
pub(super) fn plain(name: &str) -> Command {
    program(binary(name))
}

/// How many instructions the counted program took, now that it has ended.
pub(super) fn total(name: &str) -> Outcome<u64> {
    let path = report(name);
    let report = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    // A report that is left would be taken for that of a later run which wrote none.
    fs::remove_file(&path).map_err(|error| format!("{path}: {error}"))?;
    parse_total(&report).ok_or_else(|| format!("{path} tells no total"))
}

pub(super) fn is_installed() -> Outcome {
    let version = program("valgrind").arg("--version").output();
    match version {
        Ok(version) if version.status.success() => Ok(()),
        _ => Err(
            "valgrind, which counts the instructions, does not run here: install it \
            (on Debian: `apt-get update && apt-get install -y valgrind`)"
                .to_owned(),
        ),
    }
}

/// The last total: a program that wrote its report in parts tells one for each, and all of it at the end.
fn parse_total(report: &str) -> Option<u64> {
    let mut lines = report.lines().rev();
    lines.find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
}

fn report(name: &str) -> String {
    let path = target().join(format!("callgrind.{name}"));
    path.display().to_string()
}

fn binary(name: &str) -> std::path::PathBuf {
    target().join("release").join(name)
}
