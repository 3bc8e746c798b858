use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, ExitStatus},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use crate::command::{Outcome, run};

/// Waits for a process, and kills it when it takes too long.
pub(crate) fn wait(what: &str, mut process: Child, limit: Duration) -> Outcome<ExitStatus> {
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

pub(crate) fn ended_well(what: &str, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} ended with {status}"))
    }
}

/// The lines of a process, as they come.
pub(crate) fn lines(stdout: Option<ChildStdout>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let lines = stdout
            .into_iter()
            .flat_map(|stdout| BufReader::new(stdout).lines());
        for line in lines.map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
