//! The emulator as a program: prints a connection string, then serves until it is told to end.

mod certificate_file;
mod command_line;
mod signals;

use std::{error::Error, io::Write as _, process::ExitCode};

use webpubsub_emulator::ErrorKind;

use certificate_file::CertificateFile;
use command_line::{Asked, Run};

/// The exit code for a command line that cannot be followed.
const WRONG_USE: u8 = 2;

const UNVALIDATED: &str = "warning: Entra ID tokens are taken without a check of their signature";

/// Why the program ends: a line for people, and an exit code.
struct Failure(String, ExitCode);

#[tokio::main]
async fn main() -> ExitCode {
    let done = match command_line::parse() {
        Ok(Asked::Print(text)) => {
            print(&text);
            Ok(())
        }
        Ok(Asked::Run(asked)) => run(asked).await,
        Err(error) => Err(Failure(format!("{error} (see --help)"), WRONG_USE.into())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line, code)) => {
            say(&line);
            code
        }
    }
}

async fn run(asked: Run) -> Result<(), Failure> {
    if asked.is_verbose {
        log_to_stderr();
    }
    let emulator = asked.builder.start().await?;
    let certificate = emulator
        .certificate_pem()
        .map(|pem| CertificateFile::write(asked.certificate_file, pem))
        .transpose()
        .map_err(|error| {
            Failure(
                format!("cannot write the certificate: {error}"),
                ExitCode::FAILURE,
            )
        })?;
    if asked.allows_unvalidated_entra {
        say(UNVALIDATED);
    }
    // Whoever started this program reads the last line and takes it that all is ready, signals included.
    let ended = signals::ended();
    if let Some(certificate) = &certificate {
        print(&format!("Certificate={}\n", certificate.path().display()));
    }
    print(&format!("{}\n", emulator.connection_string()));
    ended.await;
    emulator.stop().await;
    Ok(())
}

impl From<webpubsub_emulator::Error> for Failure {
    fn from(error: webpubsub_emulator::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::AccessKey => WRONG_USE.into(),
            _ => ExitCode::FAILURE,
        };
        let cause = error.source().map(|cause| format!(": {cause}"));
        Self(format!("{error}{}", cause.unwrap_or_default()), code)
    }
}

/// Shows what the emulator does from now on, one line for each event.
fn log_to_stderr() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_level(false)
        .with_target(false)
        .with_writer(std::io::stderr)
        .init();
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
