use std::path::PathBuf;

use webpubsub_emulator::{Builder, DEFAULT_PORT, Emulator};

const HELP: &str = "\
An Azure Web PubSub service for your own machine.

Usage: webpubsub-emulator [OPTIONS]

Options:
  --host <HOST>                  Where to listen [default: 127.0.0.1]
  --port <PORT>                  The port; 0 is any free one [default: 8080]
  --access-key <KEY>             The key tokens are signed with [default: the official emulator's]
  --secondary-access-key <KEY>   A second key, as good as the first [default: none]
  --allow-unvalidated-entra      Take Entra ID tokens for https://webpubsub.azure.com without a check of their signature
  --tls                          Speak https and wss only, with a certificate made at start
  --tls-certificate-file <PATH>  Where to write the certificate; means --tls too [default: a temporary file]
  --verbose                      Say on stderr how each request was answered, and why a token was refused
  --help                         Print this
  --version                      Print the version

It prints its connection string on a line of its own, and is then ready. With --tls, the line before is Certificate=,
followed by the path of the file in PEM which clients have to trust. Ctrl-C or SIGTERM ends it.
";

/// What the command line asks for.
pub(crate) enum Asked {
    Run(Run),
    Print(String),
}

/// How to run.
pub(crate) struct Run {
    pub(crate) builder: Builder,
    pub(crate) certificate_file: Option<PathBuf>,
    pub(crate) allows_unvalidated_entra: bool,
    pub(crate) is_verbose: bool,
}

pub(crate) fn parse() -> Result<Asked, lexopt::Error> {
    use lexopt::prelude::{Long, Short, ValueExt as _};

    let mut run = Run {
        builder: Emulator::builder().port(DEFAULT_PORT),
        certificate_file: None,
        allows_unvalidated_entra: false,
        is_verbose: false,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        let builder = run.builder;
        run.builder = match argument {
            Long("host") => builder.host(arguments.value()?.string()?),
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("access-key") => builder.access_key(key(&mut arguments)?),
            Long("secondary-access-key") => builder.secondary_access_key(key(&mut arguments)?),
            Long("allow-unvalidated-entra") => {
                run.allows_unvalidated_entra = true;
                builder.allow_unvalidated_entra(true)
            }
            Long("tls") => builder.tls(),
            Long("tls-certificate-file") => {
                run.certificate_file = Some(arguments.value()?.into());
                builder.tls()
            }
            Long("verbose") => {
                run.is_verbose = true;
                builder
            }
            Long("help") | Short('h') => return Ok(Asked::Print(HELP.to_owned())),
            Long("version") | Short('V') => {
                let version = format!("webpubsub-emulator {}\n", env!("CARGO_PKG_VERSION"));
                return Ok(Asked::Print(version));
            }
            other => return Err(other.unexpected()),
        };
    }
    Ok(Asked::Run(run))
}

/// A key; one that was forgotten does not swallow the next option. A key like that can be given behind `=`.
fn key(arguments: &mut lexopt::Parser) -> Result<String, lexopt::Error> {
    use lexopt::prelude::ValueExt as _;

    if let Some(value) = arguments.optional_value() {
        return value.string();
    }
    let value = arguments.value()?.string()?;
    if value.starts_with("--") {
        return Err(format!("the key is missing before {value}").into());
    }
    Ok(value)
}
