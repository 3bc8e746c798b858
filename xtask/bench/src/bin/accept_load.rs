//! Opens many connections: `taskset -c 1 accept_load <connection string> [--kind plain|json|reliable]
//! [--connections 5000]`.
//!
//! Those of a subprotocol are open when they have been greeted, which only the emulator does. An operation is a
//! connection; one is in a group from the start.

use std::{error::Error, time::Instant};

use webpubsub_bench::{
    Figures, Usage,
    crowd::{Crowd, Kind},
    hub::Hub,
    load, open_files,
};

/// How many connections are opened at a time.
const AT_A_TIME: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let (server, kind, connections) = parse()?;
    open_files::raise_limit()?;
    let hub = Hub::new(&server)?;
    let path = hub.client_path(&["room".to_owned()])?;
    load::ready()?;
    let (start, before) = (Instant::now(), Usage::now());
    let crowd = Crowd::open(hub.address, kind, connections, AT_A_TIME, |_| path.clone())?;
    let (wall, after) = (start.elapsed(), Usage::now());
    Figures::new(connections as u64, wall, before, after, Vec::new()).report();
    load::linger()?;
    drop(crowd);
    Ok(())
}

fn parse() -> Result<(String, Kind, usize), lexopt::Error> {
    use lexopt::prelude::{Long, Value, ValueExt as _};

    let (mut server, mut kind, mut connections) = (String::new(), Kind::Plain, 5000);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(value) => server = value.string()?,
            Long("kind") => kind = arguments.value()?.parse()?,
            Long("connections") => connections = arguments.value()?.parse()?,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok((server, kind, connections))
}
