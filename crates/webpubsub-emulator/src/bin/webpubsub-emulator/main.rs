//! The emulator as a program: prints a connection string, then serves until it is told to end.

mod command_line;
mod signals;

use std::{error::Error as _, io::Write as _, process::ExitCode};

use webpubsub_emulator::{Error, ErrorKind};

use command_line::{Asked, Run};

/// The exit code for a command line that cannot be followed.
const WRONG_USE: u8 = 2;

const UNVALIDATED: &str = "warning: Entra ID tokens are taken without a check of their signature";

#[tokio::main]
async fn main() -> ExitCode {
    match command_line::parse() {
        Ok(Asked::Print(text)) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Ok(Asked::Run(asked)) => match run(asked).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let cause = error
                    .source()
                    .map(|cause| format!(": {cause}"))
                    .unwrap_or_default();
                say(&format!("{error}{cause}"));
                match error.kind() {
                    ErrorKind::AccessKey => WRONG_USE.into(),
                    _ => ExitCode::FAILURE,
                }
            }
        },
        Err(error) => {
            say(&format!("{error} (see --help)"));
            WRONG_USE.into()
        }
    }
}

async fn run(asked: Run) -> Result<(), Error> {
    let emulator = asked.builder.start().await?;
    if asked.allow_unvalidated_entra {
        say(UNVALIDATED);
    }
    // Whoever started this program reads the line and takes it that all is ready, signals included.
    let ended = signals::ended();
    print(&format!("{}\n", emulator.connection_string()));
    ended.await;
    emulator.stop().await;
    Ok(())
}

/// Prints at once. A reader that has gone away is no reason to stop serving.
fn print(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line for people.
fn say(line: &str) {
    eprintln!("webpubsub-emulator: {line}");
}
