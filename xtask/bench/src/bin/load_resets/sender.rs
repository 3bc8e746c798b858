use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::time::Instant;
use webpubsub::{Error, ErrorKind, Message, WebPubSubServiceClient};
use webpubsub_bench::Outcome;

/// What a send reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    Success,
    /// The exchange broke off: the service may have processed it.
    BrokenOff,
    /// A timeout ran out: the same.
    TimedOut,
    /// The service did not process it.
    NotProcessed,
}

impl Report {
    fn of(result: Result<(), Error>) -> Outcome<Self> {
        let Err(error) = result else {
            return Ok(Self::Success);
        };
        match error.kind() {
            ErrorKind::Transport => Ok(Self::BrokenOff),
            ErrorKind::Timeout => Ok(Self::TimedOut),
            ErrorKind::Connect => Ok(Self::NotProcessed),
            _ => Err(format!("a send failed as none should: {error}").into()),
        }
    }
}

/// Sends one message after the other.
#[derive(Debug)]
pub(crate) struct Sender {
    index: usize,
    senders: usize,
    reports: Vec<Report>,
}

impl Sender {
    pub(crate) fn new(index: usize, senders: usize) -> Self {
        Self {
            index,
            senders,
            reports: Vec::new(),
        }
    }

    /// One that is alone, and has seen this.
    #[cfg(test)]
    pub(crate) fn with_reports(reports: &[Report]) -> Self {
        Self {
            index: 0,
            senders: 1,
            reports: reports.to_vec(),
        }
    }

    pub(crate) async fn send_until(
        mut self,
        end: Instant,
        client: WebPubSubServiceClient,
        done: Arc<AtomicU64>,
    ) -> Outcome<Self> {
        while Instant::now() < end {
            let number = self.number(self.reports.len());
            let result = client.send_to_all(Message::text(number.to_string())).await;
            self.reports.push(Report::of(result)?);
            done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(self)
    }

    /// The number of each message, and what was reported of it.
    pub(crate) fn reports(&self) -> impl Iterator<Item = (usize, Report)> {
        let reports = self.reports.iter().copied().enumerate();
        reports.map(|(nth, report)| (self.number(nth), report))
    }

    /// No other sender has this number.
    fn number(&self, nth: usize) -> usize {
        nth * self.senders + self.index
    }
}
