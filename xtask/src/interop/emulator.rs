use std::{
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use crate::command::{Outcome, program, run};
use crate::process::{ended_well, lines, wait};

const START_TIMEOUT: Duration = Duration::from_secs(30);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// An emulator that runs.
pub(super) struct Emulator {
    process: Child,
    pub(super) connection_string: String,
    /// The file it wrote its certificate to, when it speaks TLS.
    pub(super) certificate: Option<String>,
}

impl Emulator {
    /// Starts one on a free port, and reads what it prints until it is ready.
    pub(super) fn start(binary: &Path, options: &[&str]) -> Outcome<Self> {
        let failed = |error| format!("{}: {error}", binary.display());
        let mut process = program(binary)
            .args(["--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let lines = lines(process.stdout.take());
        let mut certificate = None;
        loop {
            match lines.recv_timeout(START_TIMEOUT) {
                Ok(line) if line.starts_with("Endpoint=") => {
                    return Ok(Self {
                        process,
                        connection_string: line,
                        certificate,
                    });
                }
                Ok(line) => {
                    if let Some(path) = line.strip_prefix("Certificate=") {
                        certificate = Some(path.to_owned());
                    }
                }
                Err(error) => {
                    let _ = process.kill();
                    return Err(format!(
                        "the emulator printed no connection string: {error}"
                    ));
                }
            }
        }
    }

    /// Tells it to end, and sees that it ends well.
    pub(super) fn stop(self) -> Outcome {
        run("kill", &["-TERM", &self.process.id().to_string()])?;
        let status = wait("the emulator", self.process, STOP_TIMEOUT)?;
        ended_well("the emulator, told to end,", status)
    }
}
