use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};
use webpubsub::WebPubSubClient;
use webpubsub_bench::Outcome;

use crate::{
    connection::PATIENCE,
    message::{Numbered, Stream},
    run::{Run, group, pause},
};

/// Between two broadcasts, once the first has reached every reader. At full size one costs a good part of a second of CPU.
const BROADCAST: Duration = Duration::from_millis(500);

/// Between two messages of one client to its group, once the first is acknowledged.
const BY_CLIENT: Duration = Duration::from_millis(500);

/// Between two messages of the service client to groups.
const BY_SERVICE: Duration = Duration::from_millis(50);

/// What was sent.
pub(crate) enum Sent {
    /// To all; how long each took to reach every reader.
    Broadcasts(Vec<Duration>),
    /// By the client that sends to this group.
    ByClient(usize, u64),
    /// By the service client, to each group.
    ByService(Vec<u64>),
    /// Nothing.
    Visits,
}

/// Sends to all until `end`, each message once every reader has the one before.
pub(crate) async fn broadcast(run: Arc<Run>, end: Instant) -> Outcome<Sent> {
    let mut random = run.random("broadcast", 0);
    let readers = u32::try_from(run.options.readers)?;
    let mut times = Vec::new();
    for number in 1.. {
        if Instant::now() >= end {
            break;
        }
        let begun = Instant::now();
        let stream = Stream::Broadcast;
        let message = Numbered { stream, number }.to_message()?;
        run.service.send_to_all(message).await?;
        let arrived = timeout(PATIENCE, run.arrivals.acquire_many(readers)).await;
        let arrived = arrived.map_err(|_| {
            let missing = run.options.readers - run.arrivals.available_permits();
            format!("broadcast {number} has not reached {missing} readers")
        })?;
        arrived?.forget();
        times.push(begun.elapsed());
        pause(&mut random, BROADCAST, end).await;
    }
    Ok(Sent::Broadcasts(times))
}

/// Sends to a group until `end`, as one of its members.
pub(crate) async fn by_client(
    run: Arc<Run>,
    client: WebPubSubClient,
    of: usize,
    end: Instant,
) -> Outcome<Sent> {
    let mut random = run.random("client", of);
    let mut number = 0;
    while Instant::now() < end {
        number += 1;
        let stream = Stream::Client(of);
        let message = Numbered { stream, number }.to_message()?;
        client.send_to_group(group(of), message).await?;
        pause(&mut random, BY_CLIENT, end).await;
    }
    Ok(Sent::ByClient(of, number))
}

/// Sends to one group after the other until `end`, as the service.
pub(crate) async fn by_service(run: Arc<Run>, end: Instant) -> Outcome<Sent> {
    let mut random = run.random("service", 0);
    let mut sent = vec![0; run.options.groups];
    while Instant::now() < end {
        let of = random.usize(..sent.len());
        sent[of] += 1;
        let (stream, number) = (Stream::Service(of), sent[of]);
        let message = Numbered { stream, number }.to_message()?;
        run.service.send_to_group(group(of), message).await?;
        pause(&mut random, BY_SERVICE, end).await;
    }
    Ok(Sent::ByService(sent))
}

/// The last message of all.
pub(crate) async fn end(run: &Run) -> Outcome {
    let (stream, number) = (Stream::End, 1);
    let message = Numbered { stream, number }.to_message()?;
    Ok(run.service.send_to_all(message).await?)
}
