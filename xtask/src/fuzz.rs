use std::{env, fs};

use crate::command::{Outcome, finish, host, program, root, target};

/// For how long, unless the environment says otherwise: enough to show that the target works, and finds what is easy.
const SECONDS: &str = "20";

const SECONDS_VARIABLE: &str = "WEBPUBSUB_FUZZ_SECONDS";

/// What makes LLVM count the ways through the code; without a sanitizer, which would take a nightly compiler.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// Builds the fuzz target with libFuzzer and runs it.
pub(crate) fn check() -> Outcome {
    let folder = root().join("crates/webpubsub-protocol/fuzz");
    let manifest = folder.join("Cargo.toml");
    finish(
        program("cargo")
            .args(["fmt", "--check", "--manifest-path"])
            .arg(&manifest),
    )?;
    // For a target that is named, the flags are not for build scripts and macros.
    let host = host()?;
    let home = target().join("fuzz");
    finish(
        program("cargo")
            .args([
                "build",
                "--release",
                "--quiet",
                "--locked",
                "--target",
                &host,
            ])
            .arg("--manifest-path")
            .arg(&manifest)
            .env("CARGO_TARGET_DIR", &home)
            .env("RUSTFLAGS", COVERAGE.join(" ")),
    )?;

    let corpus = home.join("corpus");
    fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let seconds = env::var(SECONDS_VARIABLE).unwrap_or_else(|_| SECONDS.to_owned());
    finish(
        program(home.join(&host).join("release/frames"))
            .arg(&corpus)
            .arg(format!("-dict={}", folder.join("frames.dict").display()))
            .arg(format!("-artifact_prefix={}/", home.display()))
            .arg(format!("-max_total_time={seconds}"))
            .args([
                "-max_len=4096",
                "-timeout=10",
                "-print_final_stats=1",
                "-verbosity=0",
            ]),
    )
}
