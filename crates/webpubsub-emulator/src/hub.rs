//! Who is connected, as whom, and in which groups. The doors (REST, WebSocket) ask and tell; only this room changes it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use webpubsub_protocol::{
    ConnectionId, GroupName, HubName, Message, UserId,
    frame::{ServiceFrame, json::encode_service},
};

use crate::{
    client_kind::ClientKind,
    delivery::Delivery,
    outbox::Outbox,
    socket::{Close, Frame},
};

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

    /// Closes every connection.
    pub(crate) fn close_all(&self, reason: &str, close: &Close) {
        for hub in self.lock().values() {
            for entry in hub.lock().members.values() {
                entry.member.close(reason, close.clone());
            }
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

/// One connection, as senders see it.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: ConnectionId,
    pub(crate) user: Option<UserId>,
    pub(crate) kind: ClientKind,
    pub(crate) outbox: Outbox,
}

impl Member {
    /// Sends a frame of the subprotocol; plain clients have none.
    pub(crate) fn send_frame(&self, frame: &ServiceFrame) {
        if self.kind == ClientKind::Json {
            self.outbox.push(Frame::text(encode_service(frame)));
        }
    }

    /// Closes the connection, after telling a client of a subprotocol why.
    pub(crate) fn close(&self, reason: &str, close: Close) {
        let last = (self.kind == ClientKind::Json).then(|| {
            let message = reason.to_owned();
            Frame::text(encode_service(&ServiceFrame::Disconnected { message }))
        });
        self.outbox.close(last, close);
    }
}

/// The connections of one hub.
#[derive(Debug, Default)]
pub(crate) struct Hub(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    members: HashMap<ConnectionId, Entry>,
    users: HashMap<UserId, HashSet<ConnectionId>>,
    groups: HashMap<GroupName, HashSet<ConnectionId>>,
}

#[derive(Debug)]
struct Entry {
    member: Arc<Member>,
    groups: HashSet<GroupName>,
}

impl Hub {
    pub(crate) fn has_connection(&self, id: &ConnectionId) -> bool {
        self.lock().members.contains_key(id)
    }

    pub(crate) fn has_user(&self, user: &UserId) -> bool {
        self.lock().users.contains_key(user)
    }

    pub(crate) fn has_group(&self, group: &GroupName) -> bool {
        self.lock().groups.contains_key(group)
    }

    /// Puts a connection into a group; false when it is gone.
    pub(crate) fn join(&self, group: &GroupName, id: &ConnectionId) -> bool {
        self.lock().join(group, id)
    }

    pub(crate) fn leave_group(&self, group: &GroupName, id: &ConnectionId) {
        self.lock().leave_group(group, id);
    }

    /// Closes a connection if it is there; from now on it is not.
    pub(crate) fn close(&self, id: &ConnectionId, reason: &str, close: Close) {
        if let Some(member) = self.lock().remove(id) {
            member.close(reason, close);
        }
    }

    pub(crate) fn send_to_all(&self, message: Message, excluded: &[ConnectionId]) {
        let state = self.lock();
        state.deliver(&server_message(message), state.members.keys(), excluded);
    }

    /// Sends what the application's server, or (then with a user) a client publishes to a group.
    pub(crate) fn send_to_group(
        &self,
        group: &GroupName,
        message: Message,
        from_user_id: Option<UserId>,
        excluded: &[ConnectionId],
    ) {
        let state = self.lock();
        let delivery = Delivery::new(message, |message| ServiceFrame::GroupMessage {
            group: group.clone(),
            message,
            from_user_id,
        });
        state.deliver(
            &delivery,
            state.groups.get(group).into_iter().flatten(),
            excluded,
        );
    }

    pub(crate) fn send_to_user(&self, user: &UserId, message: Message) {
        let state = self.lock();
        state.deliver(
            &server_message(message),
            state.users.get(user).into_iter().flatten(),
            &[],
        );
    }

    pub(crate) fn send_to_connection(&self, id: &ConnectionId, message: Message) {
        self.lock().deliver(&server_message(message), [id], &[]);
    }

    fn enter(&self, member: &Arc<Member>, groups: Vec<GroupName>) {
        let mut state = self.lock();
        let entry = Entry {
            member: Arc::clone(member),
            groups: HashSet::new(),
        };
        state.members.insert(member.id.clone(), entry);
        if let Some(user) = &member.user {
            state
                .users
                .entry(user.clone())
                .or_default()
                .insert(member.id.clone());
        }
        for group in groups {
            state.join(&group, &member.id);
        }
    }

    /// Forgets a connection; true when it was the hub's last.
    fn leave(&self, member: &Member) -> bool {
        let mut state = self.lock();
        state.remove(&member.id);
        state.members.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn join(&mut self, group: &GroupName, id: &ConnectionId) -> bool {
        let Some(entry) = self.members.get_mut(id) else {
            return false;
        };
        entry.groups.insert(group.clone());
        self.groups
            .entry(group.clone())
            .or_default()
            .insert(id.clone());
        true
    }

    fn remove(&mut self, id: &ConnectionId) -> Option<Arc<Member>> {
        let Entry { member, groups } = self.members.remove(id)?;
        for group in &groups {
            remove_from(&mut self.groups, group, id);
        }
        if let Some(user) = &member.user {
            remove_from(&mut self.users, user, id);
        }
        Some(member)
    }

    fn leave_group(&mut self, group: &GroupName, id: &ConnectionId) {
        if let Some(entry) = self.members.get_mut(id) {
            entry.groups.remove(group);
        }
        remove_from(&mut self.groups, group, id);
    }

    fn deliver<'i>(
        &self,
        delivery: &Delivery,
        to: impl IntoIterator<Item = &'i ConnectionId>,
        excluded: &[ConnectionId],
    ) {
        for id in to {
            if let Some(entry) = self.members.get(id).filter(|_| !excluded.contains(id)) {
                entry
                    .member
                    .outbox
                    .push(delivery.frame_for(entry.member.kind));
            }
        }
    }
}

fn server_message(message: Message) -> Delivery {
    Delivery::new(message, |message| ServiceFrame::ServerMessage { message })
}

/// Takes a connection out of a set, and the set out of the map when it is empty.
fn remove_from<K: std::hash::Hash + Eq>(
    sets: &mut HashMap<K, HashSet<ConnectionId>>,
    key: &K,
    id: &ConnectionId,
) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(id);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn connect(hubs: &Arc<Hubs>, id: &str) -> Connected {
        let member = Member {
            id: ConnectionId::new(id).unwrap(),
            user: None,
            kind: ClientKind::Plain,
            outbox: Outbox::new(&Limits::default()),
        };
        hubs.connect(&HubName::new("h").unwrap(), member, Vec::new())
    }

    #[test]
    fn a_hub_that_was_emptied_and_filled_again_keeps_its_new_members() {
        let hubs = Arc::new(Hubs::default());
        let hub = || hubs.get(&HubName::new("H").unwrap());
        let (one, other) = (connect(&hubs, "one"), connect(&hubs, "other"));
        for closed in [&one, &other] {
            hub().close(&closed.member.id, "", Close::NORMAL);
        }
        drop(one);
        let new = connect(&hubs, "new");
        drop(other);
        assert!(hub().has_connection(&new.member.id));
        drop(new);
        assert!(hubs.lock().is_empty());
    }
}
