//! The emulator's fan-out, and what its connections cost, beside a floor and beside other servers.

use webpubsub_bench::{Figures, Outcome, Program};

use crate::{
    document::Document,
    options::Options,
    series::{Contender, Number, Series, interleaved, named},
    subject::Subject,
    target::{Bound, Target},
};

const FLOOR: &str = "one `send()` per socket";
const FLOOR_ACKNOWLEDGED: &str = "the same, clients acknowledge";
const PLAIN: &str = "emulator, plain";
const JSON: &str = "emulator, JSON";
const RELIABLE: &str = "emulator, reliable JSON";
const LIBRARY: &str = "tokio-tungstenite, no checks";
const NPM: &str = "npm ws";

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    document.chapter(
        "Fan-out",
        "A text of 200 bytes, by one REST request to so many connections; the next when all have it. CPU of the server's process for one \
         message delivered. Reliable clients acknowledge each hundredth message.",
    );
    for connections in [options.size(1_000, 50), options.size(5_000, 100)] {
        let series = fan_out(options, connections).await?;
        table(
            document,
            &format!("{connections} connections"),
            "message",
            &series,
        );
        for (name, bound) in [(PLAIN, 1.15), (JSON, 1.15), (RELIABLE, 1.4)] {
            let floor = named(&series, FLOOR)?;
            let seen = named(&series, name)?.ratio(floor, Figures::cpu_each)?;
            let what = format!(
                "fan-out to {connections}, {name}: CPU, times that of one `send()` per socket"
            );
            document.target(Target::new(what, Bound::AtMost(bound), seen));
        }
    }
    connecting(options, document).await
}

async fn fan_out(options: &Options, connections: u64) -> Outcome<Vec<Series>> {
    let rounds = (options.size(300_000, 500) / connections).to_string();
    let load = Program::own("fanout_load")?.with(["--rounds", &rounds]);
    let raw = Some(Program::own("raw_server")?);
    let emulator = Some(Program::own("emulator_server")?);
    let library = Some(Program::own("library_server")?);
    let npm = options.node("ws_peer.mjs");
    let contenders = [
        (FLOOR, &raw, "plain"),
        (FLOOR_ACKNOWLEDGED, &raw, "acknowledging"),
        (PLAIN, &emulator, "plain"),
        (JSON, &emulator, "json"),
        (RELIABLE, &emulator, "reliable"),
        (LIBRARY, &library, "plain"),
        (NPM, &npm, "plain"),
    ];
    let contenders = contenders.map(|(name, server, kind)| {
        let load = load.clone().with(["--kind", kind]);
        contender(name, server.clone(), load, connections)
    });
    Ok(interleaved(contenders.into(), options.rounds()).await)
}

/// What it takes to let clients in, and what they cost when they do nothing.
async fn connecting(options: &Options, document: &mut Document) -> Outcome {
    let connections = options.size(5_000, 100);
    let load = Program::own("accept_load")?;
    let emulator = Some(Program::own("emulator_server")?);
    let library = Some(Program::own("library_server")?);
    let npm = options.node("ws_peer.mjs");
    let contenders = [
        (LIBRARY, &library, "plain"),
        (PLAIN, &emulator, "plain"),
        (JSON, &emulator, "json"),
        (RELIABLE, &emulator, "reliable"),
        (NPM, &npm, "plain"),
    ];
    let contenders = contenders.map(|(name, server, kind)| {
        let load = load.clone().with(["--kind", kind]);
        contender(name, server.clone(), load, connections)
    });
    let series = interleaved(contenders.into(), options.rounds()).await;
    document.chapter(
        "Connections",
        "Clients connect, 64 at a time. The emulator checks the token of each, puts it into a group and, in a subprotocol, greets it; the \
         other servers do none of that. Memory is what the process holds more when all are there and idle.",
    );
    table(
        document,
        &format!("{connections} connections"),
        "connection",
        &series,
    );
    let seen = named(&series, PLAIN)?.ratio(named(&series, LIBRARY)?, Figures::cpu_each)?;
    let what = "accepting, with token check: CPU, times that of the bare library without";
    document.target(Target::new(what, Bound::AtMost(1.3), seen));
    let seen = named(&series, JSON)?.spread(Figures::kibibytes_each)?;
    let what = "memory of an idle JSON connection in one group, KiB";
    document.target(Target::new(what, Bound::AtMost(6.0), seen));
    Ok(())
}

pub(crate) fn contender(
    name: &'static str,
    server: Option<Program>,
    load: Program,
    connections: u64,
) -> Contender {
    let load = load.with(["--connections", &connections.to_string()]);
    let subject = server.map_or(Subject::NotInstalled, |server| Subject::Server {
        server,
        load,
    });
    Contender { name, subject }
}

fn table(document: &mut Document, load: &str, operation: &str, series: &[Series]) {
    let cpu = format!("CPU, µs each {operation}");
    let rate = format!("{operation}s/s");
    let mut columns: Vec<(&str, Number)> = vec![
        (&cpu, |figures| figures.cpu_each() * 1e6),
        (&rate, Figures::rate),
    ];
    if operation == "connection" {
        columns.push(("memory, KiB each connection", Figures::kibibytes_each));
    }
    document.contenders(load, &columns, series);
}
