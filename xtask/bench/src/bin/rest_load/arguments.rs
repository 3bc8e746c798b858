use std::error::Error;

use lexopt::{Arg::Long, Parser, ValueExt as _};

/// Which client sends.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The async service client.
    Async,
    /// The blocking one.
    Blocking,
    /// hyper-util's client and a token, without anything around them: the floor.
    Hyper,
}

pub(crate) struct Arguments {
    pub(crate) client: Kind,
    pub(crate) endpoint: String,
    pub(crate) sends: u64,
    pub(crate) at_once: u64,
    /// How many come before those that are counted: the first ones make the connections.
    pub(crate) warm_up: u64,
    /// To trust, DER in base64.
    pub(crate) certificate: Option<String>,
}

impl Arguments {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self {
            client: Kind::Async,
            endpoint: String::new(),
            sends: 1_000,
            at_once: 1,
            warm_up: 0,
            certificate: None,
        };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("client") => arguments.client = kind(&parser.value()?.string()?)?,
                Long("endpoint") => arguments.endpoint = parser.value()?.string()?,
                Long("sends") => arguments.sends = parser.value()?.parse()?,
                Long("at-once") => arguments.at_once = parser.value()?.parse()?,
                Long("warm-up") => arguments.warm_up = parser.value()?.parse()?,
                Long("certificate") => arguments.certificate = Some(parser.value()?.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        if arguments.endpoint.is_empty() || arguments.at_once == 0 {
            return Err("it needs --endpoint, and --at-once of at least 1".into());
        }
        Ok(arguments)
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    match name {
        "async" => Ok(Kind::Async),
        "blocking" => Ok(Kind::Blocking),
        "hyper" => Ok(Kind::Hyper),
        _ => Err(format!(
            "--client must be async, blocking or hyper, not {name}"
        )),
    }
}
