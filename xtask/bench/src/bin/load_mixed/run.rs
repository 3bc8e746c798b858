use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep_until},
};
use webpubsub::WebPubSubServiceClient;
use webpubsub_bench::Outcome;

/// How many connections may be under way at once: more would only wait in the listener's queue, and time out there.
const CONNECTING: usize = 128;

/// One in so many clients is a visitor.
const VISITORS: usize = 5;

/// How much load, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) time: Duration,
    /// Clients that are connected throughout.
    pub(crate) readers: usize,
    /// Clients that come and go.
    pub(crate) visitors: usize,
    /// Clients that send, each to a group of its own.
    pub(crate) groups: usize,
    pub(crate) seed: u64,
}

impl Options {
    pub(crate) fn new(seconds: u64, connections: u64, senders: u64, seed: u64) -> Outcome<Self> {
        let (connections, groups) = (usize::try_from(connections)?, usize::try_from(senders)?);
        let visitors = connections / VISITORS;
        let readers = connections - visitors;
        // One of two readers in a row has a subprotocol, and can send.
        if groups == 0 || readers < 2 * groups {
            return Err("there must be senders, and three times as many connections".into());
        }
        Ok(Self {
            time: Duration::from_secs(seconds),
            readers,
            visitors,
            groups,
            seed,
        })
    }
}

/// What all clients of a run have in common.
pub(crate) struct Run {
    pub(crate) options: Options,
    pub(crate) service: WebPubSubServiceClient,
    pub(crate) connecting: Semaphore,
    /// A permit for each reader that a broadcast has reached.
    pub(crate) arrivals: Semaphore,
    pub(crate) counts: Counts,
}

/// What is counted by many.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) received: Count,
    pub(crate) recoveries: Count,
    pub(crate) visits: Count,
    pub(crate) deserted: Count,
    pub(crate) joins: Count,
}

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Run {
    pub(crate) fn new(options: Options, service: WebPubSubServiceClient) -> Arc<Self> {
        Arc::new(Self {
            options,
            service,
            connecting: Semaphore::new(CONNECTING),
            arrivals: Semaphore::new(0),
            counts: Counts::default(),
        })
    }

    /// Numbers of its own for each part of the run.
    pub(crate) fn random(&self, part: &str, index: usize) -> Rng {
        let seed = part.bytes().fold(self.options.seed, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Rng::with_seed(seed.wrapping_add((index as u64) << 32))
    }
}

/// The name of a group.
pub(crate) fn group(index: usize) -> String {
    format!("group-{index}")
}

/// Waits for a time that is `mean` on average, but not beyond `end`.
pub(crate) async fn pause(random: &mut Rng, mean: Duration, end: Instant) {
    let until = Instant::now() + mean.mul_f64(random.f64() * 2.0);
    sleep_until(until.min(end)).await;
}
