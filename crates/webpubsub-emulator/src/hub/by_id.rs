use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::Arc,
};

use webpubsub_protocol::ConnectionId;

use crate::member::Member;

/// A connection in a set, where it is found by its id.
#[derive(Debug)]
pub(super) struct ById(pub(super) Arc<Member>);

impl Borrow<ConnectionId> for ById {
    fn borrow(&self) -> &ConnectionId {
        &self.0.id
    }
}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}
