//! The packages of other SDKs, installed from their registries into a folder of the target.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::command::{Outcome, finish, program};

const PIP: [&str; 6] = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--requirement",
];

const NPM: [&str; 5] = [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--loglevel=error",
];

/// A Python that has what the requirements say.
pub(crate) fn python(home: &Path, requirements: &Path) -> Outcome<PathBuf> {
    let venv = home.join("venv");
    finish(program("python3").args(["-m", "venv"]).arg(&venv))?;
    let python = venv.join("bin/python");
    finish(program(&python).args(PIP).arg(requirements))?;
    Ok(python)
}

/// A folder with all files of the scripts' beside the packages of npm they ask for.
pub(crate) fn node(home: &Path, scripts: &Path) -> Outcome<PathBuf> {
    let node = home.join("node");
    let io = |error| format!("{}: {error}", scripts.display());
    fs::create_dir_all(&node).map_err(io)?;
    for file in fs::read_dir(scripts).map_err(io)? {
        let file = file.map_err(io)?;
        if file.path().is_file() {
            fs::copy(file.path(), node.join(file.file_name())).map_err(io)?;
        }
    }
    finish(program("npm").args(NPM).current_dir(&node))?;
    Ok(node)
}
