//! A server that is measured, or a load that waits, seen from outside.

use std::{process::Stdio, time::Duration};

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
    time::timeout,
};

use crate::{Outcome, Program, Usage};

/// How long the server may take for anything it is asked; longer on a busy machine than anyone would believe.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program in a process of its own, which says a line when it is [ready](crate::server::stand_by) and answers lines
/// with lines. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Process {
    /// Starts a program.
    pub async fn start(program: &Program) -> Outcome<Self> {
        let name = program.name();
        let mut child = program
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{name} does not start: {error}"))?;
        let input = child.stdin.take().ok_or("the input was asked for")?;
        let output = child.stdout.take().ok_or("the output was asked for")?;
        let mut process = Self {
            name: name.to_owned(),
            child,
            input,
            output: BufReader::new(output).lines(),
            address: String::new(),
        };
        process.address = process.line().await?;
        Ok(process)
    }

    /// Where it is reached: the first line it printed.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it has used so far.
    pub async fn usage(&mut self) -> Outcome<Usage> {
        self.ask().await
    }

    /// What it answers to a line.
    pub async fn ask<T: DeserializeOwned>(&mut self) -> Outcome<T> {
        self.input.write_all(b"\n").await?;
        Ok(serde_json::from_str(&self.line().await?)?)
    }

    /// Ends it; gives what it printed at last.
    pub async fn end(self) -> Outcome<String> {
        let Self {
            name,
            mut child,
            input,
            mut output,
            ..
        } = self;
        drop(input);
        let farewell = async {
            let mut last = String::new();
            while let Some(line) = output.next_line().await? {
                last = line;
            }
            let status = child.wait().await?;
            if status.success() {
                Ok(last)
            } else {
                Err(format!("{name} ended with {status}").into())
            }
        };
        let ended = timeout(PATIENCE, farewell).await;
        ended.unwrap_or_else(|_| Err(format!("{name} does not end").into()))
    }

    async fn line(&mut self) -> Outcome<String> {
        let name = &self.name;
        let line = timeout(PATIENCE, self.output.next_line()).await;
        let line = line.map_err(|_| format!("{name} does not answer"))??;
        Ok(line.ok_or_else(|| format!("{name} ended before it was told to"))?)
    }
}
