use webpubsub_emulator::{Builder, DEFAULT_PORT, Emulator};

const HELP: &str = "\
An Azure Web PubSub service for your own machine.

Usage: webpubsub-emulator [OPTIONS]

Options:
  --host <HOST>                 Where to listen [default: 127.0.0.1]
  --port <PORT>                 The port; 0 is any free one [default: 8080]
  --access-key <KEY>            The key tokens are signed with [default: the official emulator's]
  --secondary-access-key <KEY>  A second key, as good as the first [default: none]
  --allow-unvalidated-entra     Take Entra ID tokens for https://webpubsub.azure.com without a check of their signature
  --help                        Print this
  --version                     Print the version

It prints its connection string on a line of its own, and is then ready. Ctrl-C or SIGTERM ends it.
";

/// What the command line asks for.
pub(crate) enum Asked {
    Run(Run),
    Print(String),
}

/// How to run.
pub(crate) struct Run {
    pub(crate) builder: Builder,
    pub(crate) allow_unvalidated_entra: bool,
}

pub(crate) fn parse() -> Result<Asked, lexopt::Error> {
    use lexopt::prelude::{Long, Short, ValueExt as _};

    let mut builder = Emulator::builder().port(DEFAULT_PORT);
    let mut allow_unvalidated_entra = false;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("host") => builder.host(arguments.value()?.string()?),
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("access-key") => builder.access_key(arguments.value()?.string()?),
            Long("secondary-access-key") => {
                builder.secondary_access_key(arguments.value()?.string()?)
            }
            Long("allow-unvalidated-entra") => {
                allow_unvalidated_entra = true;
                builder.allow_unvalidated_entra(true)
            }
            Long("help") | Short('h') => return Ok(Asked::Print(HELP.to_owned())),
            Long("version") | Short('V') => {
                let version = format!("webpubsub-emulator {}\n", env!("CARGO_PKG_VERSION"));
                return Ok(Asked::Print(version));
            }
            other => return Err(other.unexpected()),
        };
    }
    Ok(Asked::Run(Run {
        builder,
        allow_unvalidated_entra,
    }))
}
