mod emulator;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use self::emulator::Emulator;
use crate::{
    command::{Outcome, program, root, run, target},
    peers,
    process::{ended_well, wait},
};

const RUN_TIMEOUT: Duration = Duration::from_secs(10 * 60);
const SECOND_KEY: &str = "the-second-access-key-of-the-emulator";

/// Drives the emulator with the official packages; see `interop/README.md`.
pub(crate) fn check() -> Outcome {
    let scripts = root().join("xtask/interop");
    let (python, agent_mjs) = install(&scripts)?;
    run(
        "cargo",
        &["build", "--quiet", "--package", "webpubsub-emulator"],
    )?;

    let emulator = target().join("debug/webpubsub-emulator");
    let plain = Emulator::start(&emulator, &["--secondary-access-key", SECOND_KEY])?;
    let conducted = Emulator::start(&emulator, &["--tls", "--allow-unvalidated-entra"])
        .and_then(|tls| conduct(&python, &agent_mjs, &plain, &tls).and(tls.stop()));
    conducted.and(plain.stop())
}

/// Runs the conductor with an emulator of each kind.
fn conduct(python: &Path, agent_mjs: &Path, plain: &Emulator, tls: &Emulator) -> Outcome {
    let certificate = tls.certificate.as_deref();
    let certificate = certificate.ok_or("the emulator printed no path of its certificate")?;
    println!("> conductor");
    let process = program(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(root().join("xtask/interop/conductor"))
        .args(["--connection-string", &plain.connection_string])
        .args(["--second-key", SECOND_KEY])
        .args(["--tls-connection-string", &tls.connection_string])
        .args(["--certificate", certificate])
        .arg("--javascript")
        .arg(agent_mjs)
        .spawn()
        .map_err(|error| format!("the conductor: {error}"))?;
    let status = wait("the conductor", process, RUN_TIMEOUT)?;
    ended_well("the conductor", status)
}

/// Puts the packages under the target folder; gives the Python to run with, and the JavaScript agent beside its modules.
fn install(scripts: &Path) -> Outcome<(PathBuf, PathBuf)> {
    let home = target().join("interop");
    let python = peers::python(&home, &scripts.join("requirements.txt"))?;
    let node = peers::node(&home, &scripts.join("agents"))?;
    Ok((python, node.join("agent.mjs")))
}
