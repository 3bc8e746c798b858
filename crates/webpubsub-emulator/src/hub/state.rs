use std::{
    collections::{HashMap, HashSet},
    iter, mem,
    sync::Arc,
};

use webpubsub_protocol::{
    ConnectionId, GroupName, UserId, filter::ConnectionFacts, frame::Subprotocol,
};

use crate::{
    audience::{Audience, Selection},
    delivery::Delivery,
    member::Member,
};

/// The connections of a hub, by their ids, users and groups: each of the three always agrees with the others.
#[derive(Debug, Default)]
pub(super) struct State {
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
        self.member.kind.subprotocol().map(Subprotocol::as_str)
    }

    fn is_in_group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    fn group_count(&self) -> usize {
        self.groups.len()
    }
}

impl State {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The connection with this id, if it is there.
    pub(super) fn member(&self, id: &ConnectionId) -> Option<&Arc<Member>> {
        self.members.get(id).map(|entry| &entry.member)
    }

    /// Enters a connection, with its first groups.
    pub(super) fn enter(&mut self, member: &Arc<Member>, groups: Vec<GroupName>) {
        let entry = Entry {
            member: Arc::clone(member),
            groups: HashSet::new(),
        };
        self.members.insert(member.id.clone(), entry);
        if let Some(user) = &member.user {
            self.users
                .entry(user.clone())
                .or_default()
                .insert(member.id.clone());
        }
        for group in groups {
            self.join(&group, &member.id);
        }
    }

    pub(super) fn join(&mut self, group: &GroupName, id: &ConnectionId) {
        let Some(entry) = self.members.get_mut(id) else {
            return;
        };
        entry.groups.insert(group.clone());
        self.groups
            .entry(group.clone())
            .or_default()
            .insert(id.clone());
    }

    pub(super) fn remove(&mut self, id: &ConnectionId) -> Option<Arc<Member>> {
        let Entry { member, groups } = self.members.remove(id)?;
        for group in &groups {
            remove_from(&mut self.groups, group, id);
        }
        if let Some(user) = &member.user {
            remove_from(&mut self.users, user, id);
        }
        Some(member)
    }

    pub(super) fn leave_group(&mut self, group: &GroupName, id: &ConnectionId) {
        if let Some(entry) = self.members.get_mut(id) {
            entry.groups.remove(group);
        }
        remove_from(&mut self.groups, group, id);
    }

    pub(super) fn leave_all_groups(&mut self, id: &ConnectionId) {
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
    pub(super) fn selected<'s>(
        &'s self,
        selection: &'s Selection<'_>,
    ) -> impl Iterator<Item = &'s Arc<Member>> {
        self.ids(selection.audience)
            .filter(|id| !selection.excluded.contains(id))
            .filter_map(|id| self.members.get(id))
            .filter(|&entry| selection.filter.is_none_or(|filter| filter.matches(entry)))
            .map(|entry| &entry.member)
    }

    /// The same, to change them.
    pub(super) fn select(&self, selection: &Selection<'_>) -> Vec<ConnectionId> {
        self.selected(selection)
            .map(|member| member.id.clone())
            .collect()
    }

    pub(super) fn deliver(&self, delivery: &Delivery, selection: &Selection<'_>) {
        for member in self.selected(selection) {
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
