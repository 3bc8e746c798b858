//! Has one text delivered to many clients, again and again:
//! `taskset -c 1 fanout_load <connection string> [--kind plain|json|reliable|acknowledging] [--connections 1000]
//! [--rounds 100] [--groups 1] [--groups-each 1] [--to-group]`.
//!
//! Each client is in `room` and, if there are more groups than this one, in so many of the others. A round is one
//! request that sends to all, or to `room`; the next begins when every client has the message. An operation is a
//! message that was delivered, timed from its request.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use webpubsub_bench::{
    Figures, Usage,
    crowd::{Crowd, Kind},
    hub::{Hub, Sender},
    load, open_files,
};

/// The group that all are in.
const ROOM: &str = "room";

/// How many connections are opened at a time.
const AT_A_TIME: usize = 64;

struct Options {
    server: String,
    kind: Kind,
    connections: usize,
    rounds: usize,
    groups: usize,
    groups_each: usize,
    to_group: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = parse()?;
    open_files::raise_limit()?;
    let hub = Hub::new(&options.server)?;
    let paths = paths(&hub, &options)?;
    let path = |number: usize| paths[number % paths.len()].clone();
    let count = options.connections;
    let mut crowd = Crowd::open(hub.address, options.kind, count, AT_A_TIME, path)?;
    let text = "x".repeat(200);
    let mut sender = hub.sender(options.to_group.then_some(ROOM), &text)?;
    // All are there, and what is made at the first message is made.
    round(&mut crowd, &mut sender, count, &mut Vec::new())?;
    load::ready()?;
    let mut times = Vec::with_capacity(count * options.rounds);
    let (start, before) = (Instant::now(), Usage::now());
    for _ in 0..options.rounds {
        round(&mut crowd, &mut sender, count, &mut times)?;
    }
    let (wall, after) = (start.elapsed(), Usage::now());
    Figures::new((count * options.rounds) as u64, wall, before, after, times).report();
    load::linger()?;
    Ok(())
}

fn round(
    crowd: &mut Crowd,
    sender: &mut Sender,
    clients: usize,
    times: &mut Vec<Duration>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    sender.send()?;
    crowd.receive(clients, start, times)?;
    sender.finish()?;
    Ok(())
}

/// Where the clients connect: each path with the groups of its token, which are spread evenly.
fn paths(hub: &Hub, options: &Options) -> Result<Vec<String>, Box<dyn Error>> {
    let others = options.groups.saturating_sub(1);
    let paths = if others == 0 { 1 } else { options.connections };
    let path = |number: usize| {
        let more = options.groups_each.saturating_sub(1).min(others);
        let more = (0..more).map(|one| format!("group-{}", (number * more + one) % others));
        let groups: Vec<_> = more.chain([ROOM.to_owned()]).collect();
        hub.client_path(&groups)
    };
    (0..paths).map(path).collect()
}

fn parse() -> Result<Options, lexopt::Error> {
    use lexopt::prelude::{Long, Value, ValueExt as _};

    let mut options = Options {
        server: String::new(),
        kind: Kind::Plain,
        connections: 1000,
        rounds: 100,
        groups: 1,
        groups_each: 1,
        to_group: false,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(server) => options.server = server.string()?,
            Long("kind") => options.kind = arguments.value()?.parse()?,
            Long("connections") => options.connections = arguments.value()?.parse()?,
            Long("rounds") => options.rounds = arguments.value()?.parse()?,
            Long("groups") => options.groups = arguments.value()?.parse()?,
            Long("groups-each") => options.groups_each = arguments.value()?.parse()?,
            Long("to-group") => options.to_group = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(options)
}
