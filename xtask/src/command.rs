use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Nothing, or what went wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// The folder cargo builds into, two floors above this program.
pub(crate) fn target() -> PathBuf {
    let target = env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.to_owned()));
    target.unwrap_or_else(|| root().join("target"))
}

/// A program, to be run at the top of the repository; `cargo` is the one that runs this.
pub(crate) fn program(name: impl AsRef<Path>) -> Command {
    let name = name.as_ref();
    let cargo = (name == Path::new("cargo"))
        .then(|| env::var_os("CARGO"))
        .flatten();
    let mut command = Command::new(cargo.unwrap_or_else(|| name.into()));
    command.current_dir(root());
    command
}

/// Runs a program to its end.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Outcome {
    finish(program(name).args(arguments))
}

/// Runs a prepared program to its end.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    println!("> {}", shown(command));
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", shown(command)))
    }
}

/// Runs a prepared program to its end, for what it prints.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let failed =
        |error: &dyn std::fmt::Display, command: &Command| format!("{}: {error}", shown(command));
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(&error, command))?;
    if !output.status.success() {
        return Err(failed(&output.status, command));
    }
    String::from_utf8(output.stdout).map_err(|error| failed(&error, command))
}

/// The platform this runs on, as rustc names it.
pub(crate) fn host() -> Outcome<String> {
    let version = output(program("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("`rustc -vV` names no host")?.to_owned())
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> Outcome<String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
