use std::collections::{HashSet, VecDeque};

use webpubsub_protocol::connection::REMEMBERED_ACK_IDS;

/// The ack ids of what succeeded last.
#[derive(Debug, Default)]
pub(super) struct AckIds {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl AckIds {
    pub(super) fn contains(&self, id: u64) -> bool {
        self.known.contains(&id)
    }

    pub(super) fn insert(&mut self, id: u64) {
        self.known.insert(id);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED_ACK_IDS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
