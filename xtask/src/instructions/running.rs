use std::{
    io::Write as _,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::Receiver,
    time::Duration,
};

use crate::{
    command::Outcome,
    process::{ended_well, lines, wait},
};

/// For a line, or for the end: callgrind makes a program fifty times as slow.
const PATIENCE: Duration = Duration::from_secs(150);

/// A program that is spoken to in lines; it is killed when it is dropped before its end.
pub(super) struct Running {
    name: String,
    process: Option<Child>,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    pub(super) fn start(name: &str, command: &mut Command) -> Outcome<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            input: process.stdin.take(),
            lines: lines(process.stdout.take()),
            process: Some(process),
        })
    }

    /// The next line it prints.
    pub(super) fn line(&self) -> Outcome<String> {
        let line = self.lines.recv_timeout(PATIENCE);
        line.map_err(|error| format!("{} printed no line: {error}", self.name))
    }

    /// Gives it the line it waits for.
    pub(super) fn go_on(&mut self) -> Outcome {
        let input = self.input.as_mut().ok_or("the input was asked for")?;
        let written = input.write_all(b"\n").and_then(|()| input.flush());
        written.map_err(|error| format!("{}: {error}", self.name))
    }

    /// Ends its input, and sees that it ends well.
    pub(super) fn end(mut self) -> Outcome {
        drop(self.input.take());
        let process = self.process.take().ok_or("it has not ended before")?;
        ended_well(&self.name, wait(&self.name, process, PATIENCE)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
