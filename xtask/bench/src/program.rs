//! How the programs are started.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
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

    /// The command line, without folders and without values that only a machine reads.
    #[must_use]
    pub fn line(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| shown(word)).collect();
        words.join(" ")
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

fn shown(word: &OsStr) -> String {
    const LONGEST: usize = 64;
    let path = Path::new(word);
    let word = path.file_name().filter(|_| path.is_absolute());
    let word = word.unwrap_or(path.as_os_str()).to_string_lossy();
    if word.len() > LONGEST {
        return "…".to_owned();
    }
    word.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_no_folders() {
        let program = Program::at("load", "/a/folder/load".into());
        let program = program.with(["--endpoint", "http://127.0.0.1:80", &"x".repeat(65)]);
        assert_eq!(
            program.on_core(1).line(),
            "taskset -c 1 load --endpoint http://127.0.0.1:80 …"
        );
    }
}
