use std::{process::Stdio, time::Duration};

use tokio::time::timeout;
use webpubsub_bench::{Figures, Outcome, Program, process::Process};

/// The core of what is measured, and the core of what it works with: nothing is measured against itself.
pub(crate) const SUBJECT_CORE: usize = 1;
pub(crate) const OTHER_CORE: usize = 0;

/// How long one measurement may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is measured.
pub(crate) enum Subject {
    /// A program that does something and reports about itself.
    Load(Program),
    /// A server while a load works with it. The load is added where the server is reached.
    Server { server: Program, load: Program },
}

impl Subject {
    /// The command lines.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Load(load) => load.line(),
            Self::Server { server, load } => {
                format!("{}, {} <its address>", server.line(), load.line())
            }
        }
    }

    pub(crate) async fn measure(&self) -> Outcome<Figures> {
        let measured = match self {
            Self::Load(load) => timeout(PATIENCE, run(load)).await,
            Self::Server { server, load } => timeout(PATIENCE, serve(server, load)).await,
        };
        measured.unwrap_or_else(|_| Err("it takes too long".into()))
    }
}

async fn run(load: &Program) -> Outcome<Figures> {
    let load = load.clone().on_core(SUBJECT_CORE);
    let mut command = load.command();
    let output = command.stdin(Stdio::null()).output().await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        return Err(format!("{} ended with {}: {last}", load.name(), output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What the server used while the load ran. The memory is what it then held more than before.
async fn serve(server: &Program, load: &Program) -> Outcome<Figures> {
    let mut server = Process::start(&server.clone().on_core(SUBJECT_CORE)).await?;
    let load = load.clone().with([server.address()]).on_core(OTHER_CORE);
    let mut load = Process::start(&load).await?;
    let before = server.usage().await?;
    let figures: Figures = load.ask().await?;
    let used = server.usage().await? - before;
    load.end().await?;
    server.end().await?;
    Ok(Figures { used, ..figures })
}
