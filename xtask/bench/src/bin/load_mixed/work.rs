use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    task::JoinSet,
    time::{Instant, timeout},
};
use webpubsub_bench::Outcome;

use crate::{
    connection::PATIENCE,
    positions::Positions,
    reader::Reader,
    run::Run,
    traffic::{self, Sent},
    visitor::Visitor,
};

/// How many readers are named that missed something; a defect can concern all of them.
const MOST_NAMED: usize = 10;

/// Who reads; each gives its group, and how far it came.
type Reading = JoinSet<Outcome<(usize, Positions)>>;

/// What was sent, and who missed something of it.
#[derive(Default)]
pub(crate) struct Work {
    /// How long each broadcast took to reach every reader.
    pub(crate) broadcasts: Vec<Duration>,
    /// Messages to each group.
    pub(crate) by_client: Vec<u64>,
    pub(crate) by_service: Vec<u64>,
    pub(crate) violations: Vec<String>,
}

impl Work {
    /// Has everyone work until the time is over, and the readers read to the end.
    pub(crate) async fn of(run: &Arc<Run>, readers: Vec<Reader>) -> Outcome<Self> {
        let mut work = Self {
            by_client: vec![0; run.options.groups],
            ..Self::default()
        };
        let mut traffic = traffic(run, &readers);
        let mut reading: Reading = readers.into_iter().map(Reader::read).collect();
        // A visit may just have begun when the time is over, and has some steps of its own.
        let limit = run.options.time + 4 * PATIENCE;
        let sent = timeout(limit, work.until_all_is_sent(&mut traffic, &mut reading)).await;
        sent.map_err(|_| "the traffic does not end")??;
        traffic::end(run).await?;
        let read = timeout(PATIENCE, work.until_all_is_read(&mut reading)).await;
        read.map_err(|_| "not every reader has got the last message")??;
        Ok(work)
    }

    async fn until_all_is_sent(
        &mut self,
        traffic: &mut JoinSet<Outcome<Sent>>,
        reading: &mut Reading,
    ) -> Outcome {
        loop {
            select! {
                sent = traffic.join_next() => match sent {
                    Some(sent) => self.add(sent??),
                    None => return Ok(()),
                },
                Some(read) = reading.join_next() => {
                    read??;
                    return Err("a reader got the last message before it was sent".into());
                }
            }
        }
    }

    fn add(&mut self, sent: Sent) {
        match sent {
            Sent::Broadcasts(times) => self.broadcasts = times,
            Sent::ByClient(group, number) => self.by_client[group] = number,
            Sent::ByService(sent) => self.by_service = sent,
            Sent::Visits => {}
        }
    }

    async fn until_all_is_read(&mut self, reading: &mut Reading) -> Outcome {
        let broadcasts = u64::try_from(self.broadcasts.len())?;
        while let Some(read) = reading.join_next().await {
            let (group, positions) = read??;
            let (by_client, by_service) = (self.by_client[group], self.by_service[group]);
            let all = Positions::after(broadcasts, by_client, by_service);
            if positions != all && self.violations.len() < MOST_NAMED {
                let what = format!("a reader in group {group} is at {positions:?}, not at {all:?}");
                self.violations.push(what);
            }
        }
        Ok(())
    }
}

/// All who send, and the visitors.
fn traffic(run: &Arc<Run>, readers: &[Reader]) -> JoinSet<Outcome<Sent>> {
    let end = Instant::now() + run.options.time;
    let mut traffic = JoinSet::new();
    traffic.spawn(traffic::broadcast(Arc::clone(run), end));
    traffic.spawn(traffic::by_service(Arc::clone(run), end));
    for group in 0..run.options.groups {
        let mut members = readers.iter().filter(|reader| reader.group == group);
        if let Some(client) = members.find_map(|reader| reader.client.clone()) {
            traffic.spawn(traffic::by_client(Arc::clone(run), client, group, end));
        }
    }
    for index in 0..run.options.visitors {
        let visitor = Visitor::new(Arc::clone(run), index, end);
        traffic.spawn(async {
            visitor.visit_until_the_end().await?;
            Ok(Sent::Visits)
        });
    }
    traffic
}
