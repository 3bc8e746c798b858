use std::path::Path;

use crate::{
    command::{Outcome, finish, program, root, run, target},
    peers,
};

/// Measures everything, with the peers, and writes the document.
pub(crate) fn check() -> Outcome {
    build(&["--release"])?;
    measure("release", &root().join("docs/performance.md"), &[])
}

/// The same in small sizes, which shows that the harness works and nothing of speed: so it does without an optimised
/// build, and writes nothing of the repository's.
pub(crate) fn quick() -> Outcome {
    build(&[])?;
    let document = target().join("performance-quick.md");
    measure("debug", &document, &["--quick"])?;
    println!("the harness works; {} has no speeds", document.display());
    Ok(())
}

/// One package after the other, so that no features are on that a package alone would not have.
fn build(profile: &[&str]) -> Outcome {
    for package in ["webpubsub-bench", "webpubsub-emulator"] {
        run(
            "cargo",
            &[&["build", "--package", package], profile].concat(),
        )?;
    }
    Ok(())
}

fn measure(profile: &str, document: &Path, arguments: &[&str]) -> Outcome {
    let scripts = root().join("xtask/bench/peers");
    let home = target().join("bench-peers");
    let mut bench = program(target().join(profile).join("bench"));
    bench.args(arguments).arg("--write").arg(document);
    for (option, peer) in [
        (
            "--python",
            peers::python(&home, &scripts.join("requirements.txt")),
        ),
        ("--node", peers::node(&home, &scripts)),
    ] {
        match peer {
            Ok(path) => {
                bench.arg(option).arg(path);
            }
            // Not a failure: the document tells that it is not installed.
            Err(error) => println!("missing: {error}"),
        }
    }
    finish(&mut bench)
}
