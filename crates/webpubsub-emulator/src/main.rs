//! The emulator as a program: prints a connection string, then serves until it is told to end.

use std::{error::Error as _, io::Write as _, process::ExitCode};

use tokio::signal;
use webpubsub_emulator::{Builder, DEFAULT_PORT, Emulator, Error, ErrorKind};

const HELP: &str = "\
An Azure Web PubSub service for your own machine.

Usage: webpubsub-emulator [OPTIONS]

Options:
  --host <HOST>        Where to listen [default: 127.0.0.1]
  --port <PORT>        The port; 0 is any free one [default: 8080]
  --access-key <KEY>   The key tokens are signed with [default: the official emulator's]
  --secondary-access-key <KEY>
                       A second key, as good as the first [default: none]
  --help               Print this
  --version            Print the version

It prints its connection string on a line of its own, and is then ready. Ctrl-C or SIGTERM ends it.
";

/// The exit code for a command line that cannot be followed.
const WRONG_USE: u8 = 2;

/// What the command line asks for.
enum Asked {
    Run(Builder),
    Print(String),
}

#[tokio::main]
async fn main() -> ExitCode {
    match parse() {
        Ok(Asked::Print(text)) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Ok(Asked::Run(builder)) => match run(builder).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let cause = error
                    .source()
                    .map(|cause| format!(": {cause}"))
                    .unwrap_or_default();
                eprintln!("webpubsub-emulator: {error}{cause}");
                match error.kind() {
                    ErrorKind::AccessKey => WRONG_USE.into(),
                    _ => ExitCode::FAILURE,
                }
            }
        },
        Err(error) => {
            eprintln!("webpubsub-emulator: {error} (see --help)");
            WRONG_USE.into()
        }
    }
}

fn parse() -> Result<Asked, lexopt::Error> {
    use lexopt::prelude::{Long, Short, ValueExt as _};

    let mut builder = Emulator::builder().port(DEFAULT_PORT);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("host") => builder.host(arguments.value()?.string()?),
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("access-key") => builder.access_key(arguments.value()?.string()?),
            Long("secondary-access-key") => {
                builder.secondary_access_key(arguments.value()?.string()?)
            }
            Long("help") | Short('h') => return Ok(Asked::Print(HELP.to_owned())),
            Long("version") | Short('V') => {
                let version = format!("webpubsub-emulator {}\n", env!("CARGO_PKG_VERSION"));
                return Ok(Asked::Print(version));
            }
            other => return Err(other.unexpected()),
        };
    }
    Ok(Asked::Run(builder))
}

async fn run(builder: Builder) -> Result<(), Error> {
    let emulator = builder.start().await?;
    // Whoever started this program reads the line and takes it that all is ready, signals included.
    let ended = ended();
    print(&format!("{}\n", emulator.connection_string()));
    ended.await;
    emulator.stop().await;
    Ok(())
}

/// Listens for the signals from now on; the future ends with the first of them.
#[cfg(unix)]
fn ended() -> impl Future<Output = ()> {
    use signal::unix::{SignalKind, signal};

    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    async {
        // A signal that cannot be listened for keeps its default effect, which ends the program too.
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
async fn ended() {
    let _ = signal::ctrl_c().await;
}

/// Prints at once. A reader that has gone away is no reason to stop serving.
fn print(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
