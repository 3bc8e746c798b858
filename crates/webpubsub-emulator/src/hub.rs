//! Who is connected, as whom, and in which groups. The doors (REST, WebSocket) ask and tell; only this room changes it.

use std::{
    collections::{HashMap, HashSet},
    iter, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use webpubsub_protocol::{
    ConnectionId, GroupName, HubName, Message, UserId,
    filter::ConnectionFacts,
    frame::ServiceFrame,
    operation::{GroupMember, MessageTtl},
};

use crate::{
    audience::{Audience, Selection},
    delivery::Delivery,
    member::Member,
    socket::Close,
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

impl ConnectionFacts for Entry {
    fn user_id(&self) -> Option<&str> {
        self.member.user.as_ref().map(UserId::as_str)
    }

    fn connection_id(&self) -> &str {
        self.member.id.as_str()
    }

    fn protocol(&self) -> Option<&str> {
        self.member.kind.subprotocol()
    }

    fn is_in_group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    fn group_count(&self) -> usize {
        self.groups.len()
    }
}

impl Hub {
    /// The connection with this id, if it is there.
    pub(crate) fn member(&self, id: &ConnectionId) -> Option<Arc<Member>> {
        let state = self.lock();
        state.members.get(id).map(|entry| Arc::clone(&entry.member))
    }

    /// Whether there is anyone in an audience.
    pub(crate) fn has(&self, audience: Audience<'_>) -> bool {
        let state = self.lock();
        state.ids(audience).any(|id| state.members.contains_key(id))
    }

    /// Puts connections into a group; false when there are none.
    pub(crate) fn join(&self, selection: &Selection<'_>, group: &GroupName) -> bool {
        let mut state = self.lock();
        let ids = state.select(selection);
        for id in &ids {
            state.join(group, id);
        }
        !ids.is_empty()
    }

    /// Takes connections out of a group.
    pub(crate) fn leave_group(&self, selection: &Selection<'_>, group: &GroupName) {
        let mut state = self.lock();
        for id in state.select(selection) {
            state.leave_group(group, &id);
        }
    }

    /// Takes connections out of all groups.
    pub(crate) fn leave_all_groups(&self, selection: &Selection<'_>) {
        let mut state = self.lock();
        for id in state.select(selection) {
            state.leave_all_groups(&id);
        }
    }

    /// Closes connections; from now on they are not there.
    pub(crate) fn close(&self, selection: &Selection<'_>, reason: &str, close: &Close) {
        let mut state = self.lock();
        for id in state.select(selection) {
            if let Some(member) = state.remove(&id) {
                member.close(reason, close.clone());
            }
        }
    }

    /// Sends what the application's server sends; to a group it is the group's message.
    pub(crate) fn send(
        &self,
        selection: &Selection<'_>,
        message: Message,
        ttl: Option<MessageTtl>,
    ) {
        let delivery = Delivery::new(message, ttl, |message| match selection.audience {
            Audience::Group(group) => ServiceFrame::GroupMessage {
                group: group.clone(),
                message,
                from_user_id: None,
            },
            _ => ServiceFrame::ServerMessage { message },
        });
        self.lock().deliver(&delivery, selection);
    }

    /// Sends what a client publishes to a group.
    pub(crate) fn publish(
        &self,
        group: &GroupName,
        message: Message,
        from_user_id: Option<UserId>,
        excluded: &[ConnectionId],
    ) {
        let delivery = Delivery::new(message, None, |message| ServiceFrame::GroupMessage {
            group: group.clone(),
            message,
            from_user_id,
        });
        let selection = Selection::of(Audience::Group(group)).excluding(excluded);
        self.lock().deliver(&delivery, &selection);
    }

    /// The connections in a group, by their ids.
    pub(crate) fn list(&self, group: &GroupName) -> Vec<GroupMember> {
        let state = self.lock();
        let members = state.ids(Audience::Group(group)).filter_map(|id| {
            let member = &state.members.get(id)?.member;
            Some(GroupMember::new(member.id.clone(), member.user.clone()))
        });
        let mut members: Vec<_> = members.collect();
        members.sort_unstable_by(|one, other| {
            one.connection_id.as_str().cmp(other.connection_id.as_str())
        });
        members
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
    fn join(&mut self, group: &GroupName, id: &ConnectionId) {
        let Some(entry) = self.members.get_mut(id) else {
            return;
        };
        entry.groups.insert(group.clone());
        self.groups
            .entry(group.clone())
            .or_default()
            .insert(id.clone());
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

    fn leave_all_groups(&mut self, id: &ConnectionId) {
        let groups = self
            .members
            .get_mut(id)
            .map(|entry| mem::take(&mut entry.groups));
        for group in groups.into_iter().flatten() {
            remove_from(&mut self.groups, &group, id);
        }
    }

    /// The ids of an audience; one that was asked for by its id may be gone.
    fn ids<'s>(
        &'s self,
        audience: Audience<'s>,
    ) -> Box<dyn Iterator<Item = &'s ConnectionId> + 's> {
        match audience {
            Audience::All => Box::new(self.members.keys()),
            Audience::Group(group) => Box::new(self.groups.get(group).into_iter().flatten()),
            Audience::User(user) => Box::new(self.users.get(user).into_iter().flatten()),
            Audience::Connection(id) => Box::new(iter::once(id)),
        }
    }

    /// The connections selected that are there.
    fn selected<'s>(&'s self, selection: &'s Selection<'_>) -> impl Iterator<Item = &'s Entry> {
        self.ids(selection.audience)
            .filter(|id| !selection.excluded.contains(id))
            .filter_map(|id| self.members.get(id))
            .filter(|&entry| selection.filter.is_none_or(|filter| filter.matches(entry)))
    }

    /// The same, to change them.
    fn select(&self, selection: &Selection<'_>) -> Vec<ConnectionId> {
        self.selected(selection)
            .map(|entry| entry.member.id.clone())
            .collect()
    }

    fn deliver(&self, delivery: &Delivery, selection: &Selection<'_>) {
        for Entry { member, .. } in self.selected(selection) {
            delivery.give(member);
        }
    }
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
    use crate::{Limits, client_kind::ClientKind, outbox::Outbox, permissions::Permissions};

    fn connect(hubs: &Arc<Hubs>, id: &str) -> Connected {
        let member = Member::new(
            ConnectionId::new(id).unwrap(),
            None,
            ClientKind::Plain,
            Permissions::default(),
            Outbox::new(&Limits::default()),
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
