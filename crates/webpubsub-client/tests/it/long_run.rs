//! Clients of all four subprotocols send and receive while their connections are cut at random moments.

use std::{
    collections::{BTreeSet, HashMap},
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::task::JoinSet;
use webpubsub_client::{ClientOptions, Event, Events, Message, Subprotocol, WebPubSubClient};
use webpubsub_emulator::{Emulator, Limits};

use crate::{
    support::{client_at, member, soon, started},
    wire::{Direction, Wire},
};

const GROUP: &str = "room";
/// Who sends the last message of all.
const LAST: &str = "last";
const CLIENTS_OF_EACH: usize = 2;
const SEED: u64 = 20_261_126;

/// How many messages are sent in all, and how often a connection is cut. `cargo xtask soak` runs the long one.
struct Size {
    messages: usize,
    cuts: usize,
}

impl Size {
    fn of_this_run() -> Self {
        if env::var_os("WEBPUBSUB_LONG_RUN").is_some() {
            Self {
                messages: 20_000,
                cuts: 1_000,
            }
        } else {
            Self {
                messages: 2_000,
                cuts: 100,
            }
        }
    }
}

/// What a client sent: the numbers the service acknowledged, and how many it may have got.
#[derive(Default)]
struct Sent {
    acknowledged: BTreeSet<usize>,
    uncertain: usize,
}

/// What a client received: from each sender, the numbers in the order they came.
#[derive(Default)]
struct Seen {
    numbers: HashMap<String, Vec<usize>>,
    recovered: usize,
    reconnected: usize,
    /// How its connections ended.
    ends: Vec<String>,
}

impl Seen {
    fn take(&mut self, event: Event) {
        match event {
            Event::GroupMessage(message) => {
                let (sender, number): (String, usize) = message.message.parse_json().unwrap();
                self.numbers.entry(sender).or_default().push(number);
            }
            Event::Recovered(_) => self.recovered += 1,
            Event::Connected(_) => self.reconnected += 1,
            Event::Disconnected(end) => self.ends.push(end.closed.to_string()),
            Event::Recovering(_) => {}
            other => panic!("nothing else happens: {other:?}"),
        }
    }

    fn has_all(&self, sender: &str, acknowledged: &BTreeSet<usize>) -> bool {
        let numbers = self.numbers.get(sender).map(Vec::as_slice);
        let seen: BTreeSet<_> = numbers.unwrap_or_default().iter().copied().collect();
        acknowledged.is_subset(&seen)
    }
}

#[derive(Clone)]
struct Participant {
    name: String,
    subprotocol: Subprotocol,
    client: WebPubSubClient,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_reordered_while_connections_are_cut() {
    let size = Size::of_this_run();
    let mut limits = Limits::default();
    // As fast as this goes, a client can have a thousand messages to come while it has no socket for a blink.
    limits.unacknowledged_messages = 1_000_000;
    limits.queued_bytes = 1024 * 1024 * 1024;
    let emulator = Emulator::builder().limits(limits).start().await.unwrap();
    let wire = Arc::new(Wire::to(emulator.address()).await);
    let connection_string = format!(
        "Endpoint=http://{};AccessKey={};",
        wire.address,
        webpubsub_emulator::DEFAULT_ACCESS_KEY
    );

    let mut participants = Vec::new();
    let mut queues = Vec::new();
    for (subprotocol, number) in Subprotocol::ALL
        .into_iter()
        .flat_map(|subprotocol| (0..CLIENTS_OF_EACH).map(move |number| (subprotocol, number)))
    {
        let name = format!("{subprotocol} {number}");
        let mut options = ClientOptions::default();
        options.subprotocol = subprotocol;
        options.reconnect.base_delay = Duration::from_millis(5);
        let builder = client_at(&connection_string, member(&name)).options(options);
        let (client, events) = started(builder).await;
        soon(client.join_group(GROUP).into_future()).await.unwrap();
        queues.push((name.clone(), events));
        participants.push(Participant {
            name,
            subprotocol,
            client,
        });
    }

    let cuts = Arc::new(AtomicUsize::new(0));
    let mut receivers = JoinSet::new();
    for (name, events) in queues {
        receivers.spawn(receive(name, events));
    }
    let cutter = tokio::spawn(cut(Arc::clone(&wire), Arc::clone(&cuts), size.cuts));
    let mut senders = JoinSet::new();
    for participant in participants.clone() {
        let each = size.messages / participants.len();
        let (cuts, enough) = (Arc::clone(&cuts), size.cuts);
        senders.spawn(async move {
            let sent = send(&participant, each, || cuts.load(Ordering::SeqCst) >= enough).await;
            (participant.name, sent)
        });
    }
    let sent: HashMap<String, Sent> = senders.join_all().await.into_iter().collect();
    cutter.await.unwrap();
    for Participant { client, .. } in &participants {
        // All are there again, and in the group.
        while soon(client.join_group(GROUP).into_future()).await.is_err() {}
    }
    let last = Message::json(&(LAST, 0)).unwrap();
    let client = &participants[0].client;
    soon(client.send_to_group(GROUP, last).into_future())
        .await
        .unwrap();
    let seen: HashMap<String, Seen> = receivers.join_all().await.into_iter().collect();

    let is_reliable = |name: &String| {
        let mut all = participants.iter();
        let found = all.find(|participant| participant.name == *name);
        found.unwrap().subprotocol.is_reliable()
    };
    for (sender, sent) in &sent {
        if is_reliable(sender) {
            assert_eq!(
                sent.uncertain, 0,
                "{sender} knows what became of each of its messages"
            );
        }
        for (receiver, seen) in &seen {
            let numbers = seen.numbers.get(sender).map_or(&[][..], Vec::as_slice);
            assert!(
                numbers.is_sorted_by(|one, next| one < next),
                "{receiver} got what {sender} sent out of order or twice"
            );
            if is_reliable(receiver) {
                assert!(seen.ends.is_empty(), "{receiver}: {:?}", seen.ends);
                assert!(
                    seen.has_all(sender, &sent.acknowledged),
                    "{receiver} lost something of {sender}"
                );
            }
        }
    }
    report(&sent, &seen, cuts.load(Ordering::SeqCst), is_reliable);
    for participant in participants {
        soon(participant.client.stop()).await;
    }
}

/// Sends numbers, each after the answer to the one before, until there were enough.
async fn send(participant: &Participant, at_least: usize, is_over: impl Fn() -> bool) -> Sent {
    let mut sent = Sent::default();
    let mut number = 0;
    while number < at_least || !is_over() {
        number += 1;
        let message = Message::json(&(&participant.name, number)).unwrap();
        match soon(
            participant
                .client
                .send_to_group(GROUP, message)
                .into_future(),
        )
        .await
        {
            Ok(_) => {
                sent.acknowledged.insert(number);
            }
            Err(error) => {
                assert!(error.may_have_been_processed(), "{error}");
                sent.uncertain += 1;
            }
        }
    }
    sent
}

/// Takes events up to the last message.
async fn receive(name: String, mut events: Events) -> (String, Seen) {
    let mut seen = Seen::default();
    while !seen.numbers.contains_key(LAST) {
        seen.take(soon(events.next()).await.expect("the client runs"));
    }
    (name, seen)
}

/// Cuts one connection after the other, wherever it stands.
async fn cut(wire: Arc<Wire>, cuts: Arc<AtomicUsize>, enough: usize) {
    let mut random = Rng::with_seed(SEED);
    while cuts.load(Ordering::SeqCst) < enough {
        let strands = wire.strands();
        if strands.is_empty() {
            tokio::task::yield_now().await;
            continue;
        }
        let strand = &strands[random.usize(..strands.len())];
        let direction = if random.bool() {
            Direction::ToService
        } else {
            Direction::ToClient
        };
        soon(strand.cut(direction, random.usize(..3_000))).await;
        cuts.fetch_add(1, Ordering::SeqCst);
    }
}

fn report(
    sent: &HashMap<String, Sent>,
    seen: &HashMap<String, Seen>,
    cuts: usize,
    is_reliable: impl Fn(&String) -> bool,
) {
    let acknowledged: usize = sent.values().map(|sent| sent.acknowledged.len()).sum();
    let uncertain: usize = sent.values().map(|sent| sent.uncertain).sum();
    let received = |seen: &Seen| seen.numbers.values().map(Vec::len).sum::<usize>();
    let total: usize = seen.values().map(received).sum();
    let recovered: usize = seen.values().map(|seen| seen.recovered).sum();
    let reconnected: usize = seen.values().map(|seen| seen.reconnected).sum();
    println!(
        "{cuts} cuts, {acknowledged} messages acknowledged, {uncertain} uncertain; {total} received, \
         {recovered} recoveries, {reconnected} new connections"
    );
    for (name, seen) in seen {
        let kind = if is_reliable(name) {
            "reliable"
        } else {
            "not reliable"
        };
        println!("{name} ({kind}): {} received", received(seen));
    }
}
