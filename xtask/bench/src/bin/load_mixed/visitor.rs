use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::{
    pin, select,
    time::{Instant, timeout},
};
use webpubsub::{ClientAccessToken, client::ConnectionState};
use webpubsub_bench::Outcome;

use crate::{
    connection::{Connection, PATIENCE, Receiver},
    plain,
    positions::Positions,
    run::{Run, group, pause},
};

/// So many visits are made, one after the other, by each visitor.
const VISITS: u32 = 6;

/// Before one in so many visits, a client comes that breaks off at once.
const DESERTERS: u32 = 20;

/// A client that comes, joins a group, reads, leaves it and goes; then another in its place.
pub(crate) struct Visitor {
    run: Arc<Run>,
    random: Rng,
    end: Instant,
}

impl Visitor {
    pub(crate) fn new(run: Arc<Run>, index: usize, end: Instant) -> Self {
        Self {
            random: run.random("visitor", index),
            run,
            end,
        }
    }

    pub(crate) async fn visit_until_the_end(mut self) -> Outcome {
        while Instant::now() < self.end {
            if self.random.u32(..DESERTERS) == 0 {
                self.desert().await?;
            }
            self.visit().await?;
            self.run.counts.visits.one_more();
        }
        Ok(())
    }

    async fn desert(&self) -> Outcome {
        let _permit = self.run.connecting.acquire().await?;
        let url = self.run.service.client_access_url(ClientAccessToken::new());
        plain::desert(&url.await?).await?;
        self.run.counts.deserted.one_more();
        Ok(())
    }

    async fn visit(&mut self) -> Outcome {
        let kind = self.random.usize(..);
        let of = self.random.usize(..self.run.options.groups);
        let stay = self.run.options.time / VISITS;
        let Connection {
            mut receiver,
            client,
        } = Connection::open(&self.run, kind, of).await?;
        let mut positions = Positions::default();
        let Some(client) = client else {
            self.read(&mut receiver, &mut positions, of, stay).await?;
            return match receiver {
                Receiver::Plain(plain) if self.random.bool() => plain.close().await,
                // It breaks off.
                _ => Ok(()),
            };
        };
        client.join_group(group(of)).await?;
        self.run.counts.joins.one_more();
        self.read(&mut receiver, &mut positions, of, stay / 2)
            .await?;
        client.leave_group(group(of)).await?;
        self.read(&mut receiver, &mut positions, of, stay / 2)
            .await?;
        let stopped = timeout(PATIENCE, client.stop()).await;
        stopped.map_err(|_| "a client does not stop")?;
        if client.state() != ConnectionState::Stopped {
            return Err("a client that was stopped goes on".into());
        }
        Ok(())
    }

    /// Reads for a time that is `mean` on average.
    async fn read(
        &mut self,
        receiver: &mut Receiver,
        positions: &mut Positions,
        group: usize,
        mean: Duration,
    ) -> Outcome {
        let over = pause(&mut self.random, mean, self.end);
        pin!(over);
        loop {
            select! {
                message = receiver.next(&self.run.counts.recoveries) => {
                    positions.take(message?, group)?;
                    self.run.counts.received.one_more();
                }
                () = &mut over => return Ok(()),
            }
        }
    }
}
