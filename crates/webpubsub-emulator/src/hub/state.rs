use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    mem,
    sync::Arc,
};

use webpubsub_protocol::{
    ConnectionId, GroupName, UserId,
    filter::{ConnectionFacts, Expression},
    frame::Subprotocol,
};

use super::by_id::ById;
use crate::{
    audience::{Audience, Selection},
    member::Member,
};

/// The connections of a hub, by their ids, users and groups: each of the three always agrees with the others.
#[derive(Debug, Default)]
pub(super) struct State {
    members: HashMap<ConnectionId, Entry>,
    users: HashMap<UserId, HashSet<ById>>,
    groups: HashMap<GroupName, HashSet<ById>>,
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
                .insert(ById(Arc::clone(member)));
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
            .insert(ById(Arc::clone(&entry.member)));
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

    /// The connections of an audience.
    fn members<'s>(
        &'s self,
        audience: Audience<'s>,
    ) -> Box<dyn Iterator<Item = &'s Arc<Member>> + 's> {
        let of_set = |set: Option<&'s HashSet<ById>>| {
            let members = set.into_iter().flatten();
            Box::new(members.map(|ById(member)| member))
        };
        match audience {
            Audience::All => Box::new(self.members.values().map(|entry| &entry.member)),
            Audience::Group(group) => of_set(self.groups.get(group)),
            Audience::User(user) => of_set(self.users.get(user)),
            Audience::Connection(id) => Box::new(self.member(id).into_iter()),
        }
    }

    /// The connections selected that are there.
    pub(super) fn selected<'s>(
        &'s self,
        selection: &'s Selection<'_>,
    ) -> impl Iterator<Item = &'s Arc<Member>> {
        self.members(selection.audience)
            .filter(|member| !selection.excluded.contains(&member.id))
            .filter(|member| {
                selection
                    .filter
                    .is_none_or(|filter| self.matches(filter, member))
            })
    }

    fn matches(&self, filter: &Expression, member: &Member) -> bool {
        let entry = self.members.get(&member.id);
        entry.is_some_and(|entry| filter.matches(entry))
    }

    /// The same, to change them.
    pub(super) fn select(&self, selection: &Selection<'_>) -> Vec<ConnectionId> {
        self.selected(selection)
            .map(|member| member.id.clone())
            .collect()
    }
}

/// Takes a connection out of a set, and the set out of the map when it is empty.
fn remove_from<K: Hash + Eq>(sets: &mut HashMap<K, HashSet<ById>>, key: &K, id: &ConnectionId) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(id);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}
