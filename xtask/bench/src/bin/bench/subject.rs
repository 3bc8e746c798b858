use std::{fmt, process::Stdio, time::Duration};

use tokio::time::timeout;
use webpubsub_bench::{Figures, Outcome, Program, process::Process};

use crate::cores;

/// How long one measurement may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is measured.
pub(crate) enum Subject {
    /// A program that does something and reports about itself.
    Load(Program),
    /// A server while a load works with it. The load is added where the server is reached.
    Server { server: Program, load: Program },
    /// A peer whose packages are not installed.
    NotInstalled,
}

impl Subject {
    /// The command lines.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Load(load) => load.line(),
            Self::Server { server, load } => {
                format!("{}, {} <its address>", server.line(), load.line())
            }
            Self::NotInstalled => "not installed".to_owned(),
        }
    }

    /// That of a load, if there is one.
    pub(crate) fn load(load: Option<Program>) -> Self {
        load.map_or(Self::NotInstalled, Self::Load)
    }

    pub(crate) async fn measure(&self) -> Result<Figures, Missing> {
        let measured = match self {
            Self::Load(load) => timeout(PATIENCE, run(load)).await,
            Self::Server { server, load } => timeout(PATIENCE, serve(server, load)).await,
            Self::NotInstalled => return Err(Missing::NotInstalled),
        };
        let measured = measured.unwrap_or_else(|_| Err("it takes too long".into()));
        measured.map_err(|error| Missing::Failed(error.to_string()))
    }
}

/// Why there are no figures.
#[derive(Debug, Clone)]
pub(crate) enum Missing {
    /// A machine may be without a peer.
    NotInstalled,
    /// What is there must be measured.
    Failed(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => f.write_str("not installed"),
            Self::Failed(error) => f.write_str(error),
        }
    }
}

async fn run(load: &Program) -> Outcome<Figures> {
    let load = load.clone().on_core(cores::measured()?);
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
    let mut server = Process::start(&server.clone().on_core(cores::measured()?)).await?;
    let load = load
        .clone()
        .with([server.address()])
        .on_core(cores::other()?);
    let mut load = Process::start(&load).await?;
    let before = server.usage().await?;
    let figures: Figures = load.ask().await?;
    let used = server.usage().await? - before;
    load.end().await?;
    server.end().await?;
    Ok(Figures { used, ..figures })
}
