use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    mem,
    sync::Arc,
};

use webpubsub_protocol::{
    ConnectionId, GroupName, UserId,
    filter::{ConnectionFacts, Expression},
    frame::Subprotocol,
};

use crate::{
    audience::{Audience, Selection},
    member::Member,
};

/// The connections of a hub, by their ids, users and groups: each of the three always agrees with the others.
///
/// Connections are numbered as they come, and sent to in this order: sockets that were made one after the other lie near
/// each other in memory, which saves a tenth of a large fan-out.
#[derive(Debug, Default)]
pub(super) struct State {
    last_number: u64,
    entries: BTreeMap<u64, Entry>,
    numbers: HashMap<ConnectionId, u64>,
    users: HashMap<UserId, Members>,
    groups: HashMap<GroupName, Members>,
}

type Members = BTreeMap<u64, Arc<Member>>;

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
        self.entries.is_empty()
    }

    /// The connection with this id, if it is there.
    pub(super) fn member(&self, id: &ConnectionId) -> Option<&Arc<Member>> {
        self.numbered(id).map(|(_, member)| member)
    }

    fn numbered(&self, id: &ConnectionId) -> Option<(u64, &Arc<Member>)> {
        let number = *self.numbers.get(id)?;
        let entry = self.entries.get(&number)?;
        Some((number, &entry.member))
    }

    /// Enters a connection, with its first groups.
    pub(super) fn enter(&mut self, member: &Arc<Member>, groups: Vec<GroupName>) {
        self.last_number += 1;
        let number = self.last_number;
        let entry = Entry {
            member: Arc::clone(member),
            groups: HashSet::new(),
        };
        self.entries.insert(number, entry);
        self.numbers.insert(member.id.clone(), number);
        if let Some(user) = &member.user {
            let members = self.users.entry(user.clone()).or_default();
            members.insert(number, Arc::clone(member));
        }
        for group in groups {
            self.join(&group, number);
        }
    }

    pub(super) fn join(&mut self, group: &GroupName, number: u64) {
        let Some(entry) = self.entries.get_mut(&number) else {
            return;
        };
        entry.groups.insert(group.clone());
        let members = self.groups.entry(group.clone()).or_default();
        members.insert(number, Arc::clone(&entry.member));
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Arc<Member>> {
        let Entry { member, groups } = self.entries.remove(&number)?;
        self.numbers.remove(&member.id);
        for group in &groups {
            remove_from(&mut self.groups, group, number);
        }
        if let Some(user) = &member.user {
            remove_from(&mut self.users, user, number);
        }
        Some(member)
    }

    /// Removes the connection with this id, if it is there.
    pub(super) fn forget(&mut self, id: &ConnectionId) {
        if let Some(number) = self.numbers.get(id) {
            self.remove(*number);
        }
    }

    pub(super) fn leave_group(&mut self, group: &GroupName, number: u64) {
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.groups.remove(group);
        }
        remove_from(&mut self.groups, group, number);
    }

    pub(super) fn leave_all_groups(&mut self, number: u64) {
        let entry = self.entries.get_mut(&number);
        let groups = entry.map(|entry| mem::take(&mut entry.groups));
        for group in groups.into_iter().flatten() {
            remove_from(&mut self.groups, &group, number);
        }
    }

    /// The connections of an audience.
    fn members<'s>(
        &'s self,
        audience: Audience<'s>,
    ) -> Box<dyn Iterator<Item = (u64, &'s Arc<Member>)> + 's> {
        let all_of = |members: Option<&'s Members>| {
            let members = members.into_iter().flatten();
            Box::new(members.map(|(number, member)| (*number, member)))
        };
        match audience {
            Audience::All => {
                let entries = self.entries.iter();
                Box::new(entries.map(|(number, entry)| (*number, &entry.member)))
            }
            Audience::Group(group) => all_of(self.groups.get(group)),
            Audience::User(user) => all_of(self.users.get(user)),
            Audience::Connection(id) => Box::new(self.numbered(id).into_iter()),
        }
    }

    fn select_numbered<'s>(
        &'s self,
        selection: &'s Selection<'_>,
    ) -> impl Iterator<Item = (u64, &'s Arc<Member>)> {
        let is_meant = |number, filter: Option<&Expression>| {
            let matches = |filter: &Expression| {
                let entry = self.entries.get(&number);
                entry.is_some_and(|entry| filter.matches(entry))
            };
            filter.is_none_or(matches)
        };
        self.members(selection.audience)
            .filter(|(_, member)| !selection.excluded.contains(&member.id))
            .filter(move |(number, _)| is_meant(*number, selection.filter))
    }

    /// The connections selected that are there.
    pub(super) fn selected<'s>(
        &'s self,
        selection: &'s Selection<'_>,
    ) -> impl Iterator<Item = &'s Arc<Member>> {
        self.select_numbered(selection).map(|(_, member)| member)
    }

    /// The same, to change them: their numbers.
    pub(super) fn select(&self, selection: &Selection<'_>) -> Vec<u64> {
        let selected = self.select_numbered(selection);
        selected.map(|(number, _)| number).collect()
    }
}

/// Takes a connection out of a set, and the set out of the map when it is empty.
fn remove_from<K: Hash + Eq>(sets: &mut HashMap<K, Members>, key: &K, number: u64) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(&number);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}
