use std::time::{Duration, Instant};

use webpubsub_protocol::frame::ClientFrame;

use super::{Output, Phase, Session};
use crate::Closed;

/// When something was heard from the service, and when it was asked for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Liveness {
    pub(super) heard: Instant,
    pub(super) asked: Option<Instant>,
    /// Nothing is heard because nothing is read.
    pub(super) is_deaf: bool,
}

impl Liveness {
    pub(super) fn at(now: Instant) -> Self {
        Self {
            heard: now,
            asked: None,
            is_deaf: false,
        }
    }
}

impl Session {
    pub(super) fn keep_alive(&mut self, liveness: Liveness, now: Instant) {
        let silent = now.saturating_duration_since(liveness.heard);
        let is_over = |limit: Option<Duration>| limit.is_some_and(|limit| silent >= limit);
        if is_over(self.options.keep_alive_timeout) {
            self.outputs.push_back(Output::Drop);
            let reason = format!("nothing was received for {silent:?}");
            self.closed(Closed::new(None, reason), now);
        } else if is_over(self.options.keep_alive_interval) && liveness.asked.is_none() {
            self.send(ClientFrame::Ping);
            self.phase = Phase::Connected(Liveness {
                asked: Some(now),
                ..liveness
            });
        }
    }
}
