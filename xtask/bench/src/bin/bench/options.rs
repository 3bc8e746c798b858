use std::path::{Path, PathBuf};

use lexopt::{Arg::Long, Parser};
use webpubsub_bench::{Outcome, Program};

/// The peers' scripts.
const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// What is measured, with which peers, and how long.
pub(crate) struct Options {
    /// Small sizes: they show that everything runs, and nothing else.
    pub(crate) is_quick: bool,
    /// The document; without one it is printed.
    pub(crate) write: Option<PathBuf>,
    /// A Python that has the peers' packages.
    python: Option<PathBuf>,
    /// A folder with the peers' scripts beside the packages of npm they need.
    node: Option<PathBuf>,
}

impl Options {
    pub(crate) fn read() -> Outcome<Self> {
        let mut options = Self {
            is_quick: false,
            write: None,
            python: None,
            node: None,
        };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("quick") => options.is_quick = true,
                Long("write") => options.write = Some(parser.value()?.into()),
                Long("python") => options.python = Some(parser.value()?.into()),
                Long("node") => options.node = Some(parser.value()?.into()),
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

    /// The Python that runs the peers.
    pub(crate) fn interpreter(&self) -> &Path {
        self.python.as_deref().unwrap_or(Path::new("python3"))
    }

    /// A peer's script in Python, if its packages are installed.
    pub(crate) fn python(&self, script: &str) -> Option<Program> {
        let python = self.python.clone()?;
        Some(Program::at(script, python).with([Path::new(PEERS).join(script)]))
    }

    /// A peer's script in JavaScript, if its packages are installed.
    pub(crate) fn node(&self, script: &str) -> Option<Program> {
        let node = self.node.as_ref()?;
        Some(Program::at(script, "node".into()).with([node.join(script)]))
    }
}
