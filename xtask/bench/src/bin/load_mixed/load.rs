use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};
use webpubsub::{WebPubSubClient, WebPubSubServiceClient};
use webpubsub_bench::{
    Findings, Outcome, Program, Usage, memory::Memory, mixed::Mixed, open_files, process::Process,
    samples,
};

use crate::{
    connection::PATIENCE,
    reader::Reader,
    run::{Options, Run},
    work::Work,
};

/// What a connection may cost the emulator, with its part of everything else.
const BYTES_OF_CONNECTION: u64 = 32 << 10;

/// What an emulator may hold whatever it does.
const BYTES_OF_EMULATOR: u64 = 32 << 20;

/// How many files a program has open besides its clients' sockets.
const OTHER_FILES: u64 = 200;

/// Connects all, has them work, and checks.
pub(crate) async fn run(options: Options) -> Outcome<Findings<Mixed>> {
    let connections = u64::try_from(options.readers + options.visitors)?;
    let files = open_files::raise_limit()?;
    if files < connections + OTHER_FILES {
        return Err(format!("a process may have no more than {files} files open").into());
    }
    let mut emulator = Process::start(&Program::own("emulator_server")?).await?;
    let service = WebPubSubServiceClient::from_connection_string(emulator.address(), "load")?;
    let run = Run::new(options, service);
    let empty = emulator.usage().await?;

    let begun = Instant::now();
    let readers = connect(&run).await?;
    let connecting = begun.elapsed();
    let clients = readers.iter().filter_map(|reader| reader.client.clone());
    let clients: Vec<_> = clients.collect();

    let (own_before, before, begun) = (Usage::now(), emulator.usage().await?, Instant::now());
    let sample = async || emulator.usage().await;
    let (samples, work) = samples::each_second(sample, Work::of(&run, readers)).await?;
    let (wall, own, after) = (begun.elapsed(), Usage::now(), samples[samples.len() - 1]);

    stop(clients).await?;
    let end = emulator.usage().await?;
    emulator.end().await?;
    let samples: Vec<_> = samples.iter().map(|usage| usage.memory).collect();
    let memory = Memory::of(empty.memory, &samples, end.memory);
    let mut violations = work.violations;
    violations.extend(memory.growth("the emulator"));
    let bound = BYTES_OF_EMULATOR + connections * BYTES_OF_CONNECTION;
    if memory.peak > bound {
        let held = memory.peak;
        violations.push(format!(
            "the emulator held {held} bytes, where {bound} are allowed"
        ));
    }
    if work.broadcasts.is_empty() {
        violations.push("nothing was sent to all".to_owned());
    }
    let mut times = work.broadcasts;
    times.sort_unstable();
    let seconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64);
    let counts = &run.counts;
    Ok(Findings {
        figures: Mixed {
            connecting: connecting.as_secs_f64(),
            wall: wall.as_secs_f64(),
            readers: u64::try_from(options.readers)?,
            visits: counts.visits.get(),
            deserted: counts.deserted.get(),
            joins: counts.joins.get(),
            broadcasts: u64::try_from(times.len())?,
            sent_by_clients: work.by_client.iter().sum(),
            sent_by_service: work.by_service.iter().sum(),
            received: counts.received.get(),
            recoveries: counts.recoveries.get(),
            broadcast_p50: seconds(times.get(times.len() / 2)),
            broadcast_max: seconds(times.last()),
            emulator: between(before, after),
            clients: between(own_before, own),
            memory,
        },
        violations,
    })
}

/// Connects all readers, and has them join their groups.
async fn connect(run: &Arc<Run>) -> Outcome<Vec<Reader>> {
    let mut connecting: JoinSet<_> = (0..run.options.readers)
        .map(|index| Reader::connect(Arc::clone(run), index))
        .collect();
    let mut readers = Vec::new();
    while let Some(reader) = connecting.join_next().await {
        readers.push(reader??);
    }
    Ok(readers)
}

/// Has all say goodbye.
async fn stop(clients: Vec<WebPubSubClient>) -> Outcome {
    let stopping = clients
        .into_iter()
        .map(|client| async move { client.stop().await });
    let stopping: JoinSet<_> = stopping.collect();
    let stopped = timeout(PATIENCE, stopping.join_all()).await;
    stopped.map_err(|_| "the clients do not stop in time")?;
    Ok(())
}

/// What was used meanwhile, and the memory that is held now.
fn between(before: Usage, after: Usage) -> Usage {
    Usage {
        memory: after.memory,
        ..after - before
    }
}
