use std::path::PathBuf;

use lexopt::{Arg::Long, Parser};
use webpubsub_bench::{Outcome, Program};

/// What is measured, with which peers, and how long.
pub(crate) struct Options {
    /// Small sizes: they show that everything runs, and nothing else.
    pub(crate) is_quick: bool,
    /// The document; without one it is printed.
    pub(crate) write: Option<PathBuf>,
    /// A Python that has the peers' packages.
    python: Option<PathBuf>,
    /// Where the peers' scripts are, beside their packages of npm.
    peers: PathBuf,
}

impl Options {
    pub(crate) fn read() -> Outcome<Self> {
        let mut options = Self {
            is_quick: false,
            write: None,
            python: None,
            peers: PathBuf::from("."),
        };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("quick") => options.is_quick = true,
                Long("write") => options.write = Some(parser.value()?.into()),
                Long("python") => options.python = Some(parser.value()?.into()),
                Long("peers") => options.peers = parser.value()?.into(),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }

    /// One size or the other.
    pub(crate) fn size<T>(&self, whole: T, quick: T) -> T {
        if self.is_quick { quick } else { whole }
    }

    /// How many sends or tokens come before those that are counted, whoever makes them: for connections, caches and compilers that
    /// compile what is used often.
    pub(crate) fn warm_up(&self) -> u64 {
        self.size(1_000, 64)
    }

    /// How often each contender is measured.
    pub(crate) fn rounds(&self) -> usize {
        self.size(7, 1)
    }

    /// A peer's script in Python.
    pub(crate) fn python(&self, script: &str) -> Program {
        let python = self.python.clone();
        let python = python.unwrap_or_else(|| "python3".into());
        Program::at(script, python).with([self.peers.join(script)])
    }

    /// A peer's script in JavaScript.
    pub(crate) fn node(&self, script: &str) -> Program {
        Program::at(script, "node".into()).with([self.peers.join(script)])
    }
}
