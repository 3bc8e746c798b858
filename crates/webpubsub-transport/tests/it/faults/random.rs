use std::{collections::BTreeMap, time::Duration};

use http::{HeaderValue, Request};
use tokio::time::Instant;
use webpubsub_transport::{Body, TransportConfig, default_stack};

use super::{
    clock::{self, HANG, outlast},
    fault::{Fault, faults},
    server::{Received, Server},
    table::{config, question, word},
};
use crate::support::{authorizer, outcome, send};

const CALLS_OF_A_SEED: u64 = 6;

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
    }
}

/// What happened in all calls of a run.
#[derive(Debug, Default)]
struct Tally {
    sends: usize,
    /// Sends that were tried more than once.
    repeated: usize,
    /// Sends the service may have acted on more than once.
    doubled: Vec<String>,
    /// Sends that had success though the service did not act on them.
    lost: Vec<String>,
    outcomes: BTreeMap<String, usize>,
}

impl Tally {
    async fn of(seeds: u64, config: &TransportConfig) -> Self {
        let _held = clock::hold();
        let mut tally = Self::default();
        for seed in 0..seeds {
            tally.add(seed, config).await;
        }
        tally
    }

    /// The calls of one seed, one after the other, of a server that fails at random.
    async fn add(&mut self, seed: u64, config: &TransportConfig) {
        let elsewhere = Server::start(Fault::none).await;
        let (faults, mut random) = (faults(elsewhere.address), Random(seed));
        let server = Server::start(move || match random.next(3) {
            0 => Fault::none(),
            _ => faults[random.next(faults.len())].clone(),
        })
        .await;
        let url = server.url();
        let stack = default_stack(config, &url.parse().unwrap(), authorizer()).unwrap();
        let mut sends = Vec::new();
        let mut random = Random(!seed);
        for number in 0..CALLS_OF_A_SEED {
            let is_send = random.next(4) > 0;
            let id = format!("seed-{seed}-call-{number}");
            let request = if is_send { send(&url) } else { question(&url) };
            let begun = Instant::now();
            let call = outcome(stack.clone(), with_id(request, &id));
            let (result, attempts) = outlast(&server, call).await;
            assert!(begun.elapsed() <= config.overall_timeout + HANG, "{id}");
            *self.outcomes.entry(word(&result)).or_default() += 1;
            if is_send {
                self.repeated += usize::from(attempts > 1);
                sends.push((id, word(&result)));
            }
        }
        drop(stack);
        let received = server.finish().await;
        assert!(
            elsewhere.finish().await.is_empty(),
            "seed {seed} was redirected"
        );
        self.sends += sends.len();
        for (id, outcome) in sends {
            let acted = |received: &&Received| received.request_id == id && !received.rejected;
            match received.iter().filter(acted).count() {
                0 if outcome == "success" => self.lost.push(id),
                0 | 1 => {}
                _ => self.doubled.push(id),
            }
        }
    }
}

fn with_id(mut request: Request<Body>, id: &str) -> Request<Body> {
    let id = HeaderValue::try_from(id).unwrap();
    request.headers_mut().insert("x-ms-client-request-id", id);
    request
}

#[tokio::test(start_paused = true)]
async fn no_send_is_processed_twice_and_none_is_lost_in_silence() {
    let mut config = config();
    config.overall_timeout = Duration::from_secs(3);
    let tally = Tally::of(250, &config).await;
    assert_eq!((&*tally.doubled, &*tally.lost), (&[][..], &[][..]));
    // The run tells something: many sends, many repeats, every outcome.
    assert!(tally.sends > 1000 && tally.repeated > 100, "{tally:?}");
    for outcome in ["success", "429", "500", "io", "timeout", "too_large"] {
        assert!(tally.outcomes.contains_key(outcome), "{tally:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_least_once_is_seen_to_process_sends_twice() {
    let mut config = config();
    config.retry.at_least_once = true;
    let tally = Tally::of(25, &config).await;
    assert!(!tally.doubled.is_empty(), "{tally:?}");
    assert_eq!(tally.lost, [""; 0]);
}
