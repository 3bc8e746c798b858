//! The load runs, which check what must hold under load.

use std::{fmt::Display, process::Stdio};

use serde::de::DeserializeOwned;
use webpubsub_bench::{Outcome, Program, memory::Memory, mixed::Mixed, resets::Resets};

use crate::{
    document::Document,
    options::Options,
    series::{Spread, significant},
};

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    let seconds = options.size("60", "2");
    let connections = options.size("10000", "300");
    let mixed =
        Program::own("load_mixed")?.with(["--seconds", seconds, "--connections", connections]);
    let mixed: Mixed = run(&mixed).await?;
    document.chapter(
        "Load: mixed traffic",
        "Connections of all kinds join, leave, publish, break off and come back, while the service client sends to all and to groups. \
         Every reader gets every message it should, once, in order; no call fails; the emulator's memory stays within its bound. \
         Any of this that did not hold would have ended the run.",
    );
    document.table(&["what", "seen"], &mixed_rows(&mixed, connections));
    let resets = Program::own("load_resets")?.with(["--seconds", seconds]);
    let resets: Resets = run(&resets).await?;
    document.chapter(
        "Load: connections that are reset",
        "64 senders share one client, while the service resets the connection of 1 % of requests: before it reads one, when it has processed \
         it, within the answer, and in between. No message was processed twice, every send that reported success was processed, every error \
         told truly whether the send may have been; the rate came back after each reset, and memory did not grow.",
    );
    document.table(&["what", "seen"], &reset_rows(&resets)?);
    Ok(())
}

/// Runs it to its end, which is a bad one if anything did not hold.
async fn run<F: DeserializeOwned>(program: &Program) -> Outcome<F> {
    let output = program.command().stdin(Stdio::null()).output().await?;
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout)?);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {said}", program.name()).into())
}

fn mixed_rows(mixed: &Mixed, connections: &str) -> Vec<Vec<String>> {
    vec![
        row("connections", connections),
        row("seconds of traffic", significant(mixed.wall)),
        row("readers that checked every message", mixed.readers),
        row("connections made and ended meanwhile", mixed.visits),
        row("of those, broken off without a goodbye", mixed.deserted),
        row("groups joined and left", mixed.joins),
        row("broadcasts", mixed.broadcasts),
        row("messages to groups, by clients", mixed.sent_by_clients),
        row(
            "messages to groups, by the service client",
            mixed.sent_by_service,
        ),
        row("messages received", mixed.received),
        row(
            "a broadcast has reached all, p50, s",
            significant(mixed.broadcast_p50),
        ),
        row("the slowest, s", significant(mixed.broadcast_max)),
        row("memory of the emulator, MiB", memory(&mixed.memory)),
    ]
}

fn reset_rows(resets: &Resets) -> Outcome<Vec<Vec<String>>> {
    let mut rows = vec![
        row("seconds", significant(resets.wall)),
        row("sends that succeeded", resets.succeeded),
        row(
            "sends that may have been processed, as their error says",
            resets.uncertain,
        ),
        row("of those, how many were", resets.uncertain_but_processed),
        row("sends that were not, as their error says", resets.failed),
        row("connections reset", resets.resets.total()),
    ];
    // A run for a few seconds has no windows.
    if !resets.rates.is_empty() {
        let rates = Spread::of(resets.rates.iter().copied())?;
        rows.push(row("sends/s in windows of 5 s", rates));
    }
    rows.push(row("memory of the senders, MiB", memory(&resets.sender)));
    rows.push(row("memory of the service, MiB", memory(&resets.service)));
    Ok(rows)
}

fn row(what: &str, number: impl Display) -> Vec<String> {
    vec![what.to_owned(), format!("{number}")]
}

#[expect(clippy::cast_precision_loss, reason = "no process holds as much")]
fn memory(memory: &Memory) -> String {
    let mebibytes = |bytes: u64| significant(bytes as f64 / f64::from(1 << 20));
    format!(
        "{} at the start, {} in the first half, {} in the last quarter",
        mebibytes(memory.start),
        mebibytes(memory.settled),
        mebibytes(memory.late)
    )
}
