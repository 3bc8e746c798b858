use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use webpubsub_protocol::{ConnectionId, GroupName, HubName};

use crate::{hub::Hub, member::Member, socket::Close};

/// All hubs. A hub is there as long as it has a connection.
///
/// Locks are taken from here to the hub, never back, and never held across a write to a socket.
#[derive(Debug, Default)]
pub(crate) struct Hubs(Mutex<HashMap<String, Arc<Hub>>>);

impl Hubs {
    /// The hub, empty if nobody is connected to it. Hub names are compared without regard to case.
    pub(crate) fn get(&self, name: &HubName) -> Arc<Hub> {
        self.lock().get(&key(name)).cloned().unwrap_or_default()
    }

    /// Enters a connection into its hub and its first groups; it leaves them when the guard is dropped.
    pub(crate) fn connect(
        self: &Arc<Self>,
        name: &HubName,
        member: Member,
        groups: Vec<GroupName>,
    ) -> Connected {
        let member = Arc::new(member);
        let mut hubs = self.lock();
        let hub = Arc::clone(hubs.entry(key(name)).or_default());
        hub.enter(&member, groups);
        drop(hubs);
        Connected {
            hubs: Arc::clone(self),
            name: key(name),
            hub,
            member,
        }
    }

    /// The connection with this id, whatever its hub.
    pub(crate) fn member(&self, id: &ConnectionId) -> Option<Arc<Member>> {
        self.lock().values().find_map(|hub| hub.member(id))
    }

    /// Closes every connection.
    pub(crate) fn close_all(&self, reason: &str, close: &Close) {
        for hub in self.lock().values() {
            hub.say_goodbye(reason, close);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Hub>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(name: &HubName) -> String {
    name.as_str().to_ascii_lowercase()
}

/// A connection that is in its hub as long as this lives.
#[derive(Debug)]
pub(crate) struct Connected {
    hubs: Arc<Hubs>,
    name: String,
    pub(crate) hub: Arc<Hub>,
    pub(crate) member: Arc<Member>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut hubs = self.hubs.lock();
        let is_empty = self.hub.leave(&self.member);
        // Another hub may have this name by now, if this one was emptied before.
        let is_this = |hub: &Arc<Hub>| Arc::ptr_eq(hub, &self.hub);
        if is_empty && hubs.get(&self.name).is_some_and(is_this) {
            hubs.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Limits,
        audience::{Audience, Selection},
        client_kind::ClientKind,
        clock::Clock,
        faults::Faults,
        outbox::Outbox,
        permissions::Permissions,
    };

    fn connect(hubs: &Arc<Hubs>, id: &str) -> Connected {
        let member = Member::new(
            ConnectionId::new(id).unwrap(),
            None,
            ClientKind::Plain,
            Permissions::default(),
            Outbox::new(
                &Arc::new(Limits::default()),
                &Clock::real(),
                &Faults::new(hubs),
                false,
            ),
        );
        hubs.connect(&HubName::new("h").unwrap(), member, Vec::new())
    }

    #[test]
    fn a_hub_that_was_emptied_and_filled_again_keeps_its_new_members() {
        let hubs = Arc::new(Hubs::default());
        let hub = || hubs.get(&HubName::new("H").unwrap());
        let (one, other) = (connect(&hubs, "one"), connect(&hubs, "other"));
        for closed in [&one, &other] {
            hub().close(
                &Selection::of(Audience::Connection(&closed.member.id)),
                "",
                &Close::NORMAL,
            );
        }
        drop(one);
        let new = connect(&hubs, "new");
        drop(other);
        assert!(hub().has(Audience::Connection(&new.member.id)));
        drop(new);
        assert!(hubs.lock().is_empty());
    }
}
