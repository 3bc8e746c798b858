//! How the programs are started.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use tokio::process::Command;

use crate::Outcome;

/// A program with its arguments.
#[derive(Debug, Clone)]
pub struct Program {
    name: String,
    words: Vec<OsString>,
}

impl Program {
    /// The program of this crate with this name, which stands beside the one that runs.
    pub fn own(name: &str) -> Outcome<Self> {
        let path = env::current_exe()?.with_file_name(name);
        if !path.is_file() {
            return Err(
                format!("{name} is not there: build all programs of webpubsub-bench").into(),
            );
        }
        Ok(Self::at(name, path))
    }

    /// One that is somewhere else.
    #[must_use]
    pub fn at(name: &str, path: PathBuf) -> Self {
        Self {
            name: name.to_owned(),
            words: vec![path.into()],
        }
    }

    /// With more arguments.
    #[must_use]
    pub fn with(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let arguments = arguments.into_iter().map(|one| one.as_ref().to_owned());
        self.words.extend(arguments);
        self
    }

    /// On this core alone.
    #[must_use]
    pub fn on_core(mut self, core: usize) -> Self {
        let taskset = ["taskset", "-c"].map(OsString::from);
        let core = OsString::from(core.to_string());
        self.words.splice(0..0, taskset.into_iter().chain([core]));
        self
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// To be started; it is killed when nobody waits for it any more.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).kill_on_drop(true);
        command
    }
}
