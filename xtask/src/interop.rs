use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::command::{Outcome, finish, program, root, run};

const START_TIMEOUT: Duration = Duration::from_secs(30);
const RUN_TIMEOUT: Duration = Duration::from_secs(10 * 60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Drives the emulator with the official packages; see `interop/README.md`.
pub(crate) fn check() -> Outcome {
    let scripts = root().join("xtask/interop");
    let (python, agent_mjs) = install(&scripts)?;
    run(
        "cargo",
        &["build", "--quiet", "--package", "webpubsub-emulator"],
    )?;

    let (emulator, connection_string) = start()?;
    println!("> conductor.py");
    let conductor = program(python)
        .arg(scripts.join("conductor.py"))
        .arg(connection_string)
        .arg(agent_mjs)
        .spawn();
    let outcome = conductor
        .map_err(|error| format!("conductor.py: {error}"))
        .and_then(|conductor| wait("conductor.py", conductor, RUN_TIMEOUT));
    let stopped = stop(emulator);
    succeeded("conductor.py", outcome?)?;
    succeeded("the emulator, told to end,", stopped?)
}

/// Puts the packages under the target folder; gives the Python to run with, and the JavaScript agent beside its modules.
fn install(scripts: &Path) -> Outcome<(PathBuf, PathBuf)> {
    let home = target().join("interop");
    let node = home.join("node");
    let io = |error| format!("{}: {error}", home.display());
    fs::create_dir_all(&node).map_err(io)?;

    let venv = home.join("venv");
    finish(program("python3").args(["-m", "venv"]).arg(&venv))?;
    let python = venv.join("bin/python");
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ];
    finish(
        program(&python)
            .args(pip)
            .arg(scripts.join("requirements.txt")),
    )?;

    for file in ["package.json", "agent.mjs"] {
        fs::copy(scripts.join(file), node.join(file)).map_err(io)?;
    }
    let npm = [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
    ];
    finish(program("npm").args(npm).current_dir(&node))?;
    Ok((python, node.join("agent.mjs")))
}

/// The folder cargo builds into, two floors above this program.
fn target() -> PathBuf {
    let target = env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.to_owned()));
    target.unwrap_or_else(|| root().join("target"))
}

/// Starts the emulator on a free port; gives the connection string it prints.
fn start() -> Outcome<(Child, String)> {
    let binary = target().join("debug/webpubsub-emulator");
    let failed = |error| format!("{}: {error}", binary.display());
    let mut emulator = program(&binary)
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let stdout = emulator.stdout.take();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in stdout
            .into_iter()
            .flat_map(|stdout| BufReader::new(stdout).lines())
            .map_while(Result::ok)
        {
            let _ = sender.send(line);
        }
    });
    loop {
        match receiver.recv_timeout(START_TIMEOUT) {
            Ok(line) if line.starts_with("Endpoint=") => return Ok((emulator, line)),
            Ok(_) => {}
            Err(error) => {
                let _ = emulator.kill();
                return Err(format!(
                    "the emulator printed no connection string: {error}"
                ));
            }
        }
    }
}

fn stop(emulator: Child) -> Outcome<ExitStatus> {
    run("kill", &["-TERM", &emulator.id().to_string()])?;
    wait("the emulator", emulator, STOP_TIMEOUT)
}

/// Waits for a process, and kills it when it takes too long.
fn wait(what: &str, mut process: Child, limit: Duration) -> Outcome<ExitStatus> {
    let id = process.id().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(process.wait()));
    if let Ok(status) = receiver.recv_timeout(limit) {
        return status.map_err(|error| format!("{what}: {error}"));
    }
    run("kill", &["-KILL", &id])?;
    Err(format!(
        "{what} did not end within {} seconds",
        limit.as_secs()
    ))
}

fn succeeded(what: &str, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} ended with {status}"))
    }
}
