//! Sends messages through one service client, all the time and many at once, to a service that resets one in a hundred
//! connections; checks that nothing is sent twice, that every outcome is true, that the rate recovers, and that memory
//! stays flat.
//!
//! `--seconds N` (60), `--senders N` (64), `--seed N` (1): when the service resets.

mod check;
mod rates;
mod sender;

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};
use webpubsub::WebPubSubServiceClient;
use webpubsub_bench::{
    Findings, Outcome, Program, Usage, memory::Memory, options, process::Process, resets::Resets,
    samples,
};

use crate::{rates::Progress, sender::Sender};

/// A send ends within the overall timeout of its client; what is still under way after this is stuck.
const PATIENCE: Duration = Duration::from_secs(90);

struct Options {
    seconds: u64,
    senders: u64,
    seed: u64,
}

/// What is looked at each second.
struct Sample {
    progress: Progress,
    sender: u64,
    service: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    Findings::conclude(run().await)
}

async fn run() -> Outcome<Findings<Resets>> {
    let mut options = Options {
        seconds: 60,
        senders: 64,
        seed: 1,
    };
    options::read(&mut [
        ("seconds", &mut options.seconds),
        ("senders", &mut options.senders),
        ("seed", &mut options.seed),
    ])?;
    if options.senders == 0 {
        return Err("there must be a sender".into());
    }
    let seed = options.seed.to_string();
    let service = Program::own("resetting_service")?.with(["--seed", &seed]);
    let mut service = Process::start(&service).await?;
    let client = WebPubSubServiceClient::from_connection_string(service.address(), "load")?;
    let (before, before_service) = (Usage::now(), service.usage().await?);

    let begun = Instant::now();
    let done = Arc::new(AtomicU64::new(0));
    let sample = async || {
        Ok(Sample {
            progress: Progress {
                seconds: begun.elapsed().as_secs_f64(),
                done: done.load(Ordering::Relaxed),
            },
            sender: Usage::now().memory,
            service: service.usage().await?.memory,
        })
    };
    let sending = send(&client, &options, begun, &done);
    let (samples, senders) = samples::each_second(sample, sending).await?;
    let wall = begun.elapsed();
    let memory = |before: Usage, of: fn(&Sample) -> u64| {
        let samples: Vec<_> = samples.iter().map(of).collect();
        Memory::of(before.memory, &samples, samples[samples.len() - 1])
    };
    let (sender, of_service) = (
        memory(before, |sample| sample.sender),
        memory(before_service, |sample| sample.service),
    );
    let tally = serde_json::from_str(&service.end().await?)?;

    let progress: Vec<_> = samples.iter().map(|sample| sample.progress).collect();
    let mut figures = Resets {
        wall: wall.as_secs_f64(),
        rates: rates::of_windows(&progress),
        sender,
        service: of_service,
        ..Resets::default()
    };
    let violations = check::check(&mut figures, &senders, &tally);
    Ok(Findings {
        figures,
        violations,
    })
}

/// Has all senders send until the time is over; gives what became of each message.
async fn send(
    client: &WebPubSubServiceClient,
    options: &Options,
    begun: Instant,
    done: &Arc<AtomicU64>,
) -> Outcome<Vec<Sender>> {
    let end = begun + Duration::from_secs(options.seconds);
    let mut sending = JoinSet::new();
    let senders = usize::try_from(options.senders)?;
    for index in 0..senders {
        let sender = Sender::new(index, senders);
        sending.spawn(sender.send_until(end, client.clone(), Arc::clone(done)));
    }
    let mut senders = Vec::new();
    let all = async {
        while let Some(sender) = sending.join_next().await {
            senders.push(sender??);
        }
        Ok(senders)
    };
    let limit = Duration::from_secs(options.seconds) + PATIENCE;
    let ended = timeout(limit, all).await;
    ended.unwrap_or_else(|_| Err("a send takes longer than its timeouts allow".into()))
}
