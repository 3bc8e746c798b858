use std::path::PathBuf;

use crate::{
    command::{Outcome, finish, program, root, run, target},
    peers,
};

/// Measures everything, with the peers, and writes the document.
pub(crate) fn check() -> Outcome {
    let document = root().join("docs/performance.md");
    measure(&["--write".into(), document])
}

/// The same in small sizes, which shows that the harness works and nothing of speed; writes nothing of the repository's.
pub(crate) fn quick() -> Outcome {
    let document = target().join("performance-quick.md");
    measure(&["--quick".into(), "--write".into(), document])
}

fn measure(arguments: &[PathBuf]) -> Outcome {
    let scripts = root().join("xtask/bench/peers");
    let home = target().join("bench-peers");
    // A peer that cannot be installed is missing in the document, which says why.
    let python = peers::python(&home, &scripts.join("requirements.txt"));
    let node = peers::node(&home, &scripts);
    for missing in [python.as_ref().err(), node.as_ref().err()]
        .into_iter()
        .flatten()
    {
        println!("missing: {missing}");
    }
    let packages = ["webpubsub-bench", "webpubsub-emulator"];
    // One by one, so that no features are on that a package alone would not have.
    for package in packages {
        run("cargo", &["build", "--release", "--package", package])?;
    }
    finish(
        program(target().join("release/bench"))
            .arg("--python")
            .arg(python.unwrap_or_else(|_| "python3".into()))
            .arg("--peers")
            .arg(node.unwrap_or(scripts))
            .args(arguments),
    )
}
