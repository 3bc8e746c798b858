//! Who is connected to a hub, as whom, and in which groups. The doors (REST, WebSocket) ask and tell; only this room changes
//! it.

mod state;

use std::{
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use webpubsub_protocol::{
    ConnectionId, GroupName, Message,
    frame::ServiceFrame,
    operation::{GroupMember, MessageTtl},
};

use self::state::State;
use crate::{
    audience::{Audience, Selection},
    delivery::Delivery,
    member::Member,
    socket::Close,
};

/// The connections of one hub.
#[derive(Debug, Default)]
pub(crate) struct Hub(Mutex<State>);

impl Hub {
    /// The connection with this id, if it is there.
    pub(crate) fn member(&self, id: &ConnectionId) -> Option<Arc<Member>> {
        self.lock().member(id).cloned()
    }

    /// Whether there is anyone in an audience.
    pub(crate) fn has(&self, audience: Audience<'_>) -> bool {
        let state = self.lock();
        let selection = Selection::of(audience);
        state.selected(&selection).next().is_some()
    }

    /// Puts connections into groups; false when there are none. A filter selects once, before the first group changes.
    pub(crate) fn join(&self, selection: &Selection<'_>, groups: &[GroupName]) -> bool {
        let mut state = self.lock();
        let numbers = state.select(selection);
        for (number, group) in product(&numbers, groups) {
            state.join(group, *number);
        }
        !numbers.is_empty()
    }

    /// Takes connections out of groups. A filter selects once, before the first group changes.
    pub(crate) fn leave_groups(&self, selection: &Selection<'_>, groups: &[GroupName]) {
        let mut state = self.lock();
        let numbers = state.select(selection);
        for (number, group) in product(&numbers, groups) {
            state.leave_group(group, *number);
        }
    }

    /// Takes connections out of all groups.
    pub(crate) fn leave_all_groups(&self, selection: &Selection<'_>) {
        let mut state = self.lock();
        for number in state.select(selection) {
            state.leave_all_groups(number);
        }
    }

    /// Closes connections; from now on they are not there.
    pub(crate) fn close(&self, selection: &Selection<'_>, reason: &str, close: &Close) {
        let mut state = self.lock();
        for number in state.select(selection) {
            if let Some(member) = state.remove(number) {
                member.close(reason, close.clone());
            }
        }
    }

    /// Closes every connection; each leaves when its client has heard of it.
    pub(crate) fn say_goodbye(&self, reason: &str, close: &Close) {
        for member in self.lock().selected(&Selection::of(Audience::All)) {
            member.close(reason, close.clone());
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
        deliver(self.lock(), &delivery, selection);
    }

    /// Sends what a client publishes to a group; nothing once the client was closed.
    pub(crate) fn publish(
        &self,
        group: &GroupName,
        message: Message,
        ttl: Option<MessageTtl>,
        from: &Member,
        no_echo: bool,
    ) {
        let delivery = Delivery::new(message, ttl, |message| ServiceFrame::GroupMessage {
            group: group.clone(),
            message,
            from_user_id: from.user.clone(),
        });
        let excluded = if no_echo {
            slice::from_ref(&from.id)
        } else {
            &[]
        };
        let selection = Selection::of(Audience::Group(group)).excluding(excluded);
        let state = self.lock();
        if state.member(&from.id).is_some() {
            deliver(state, &delivery, &selection);
        }
    }

    /// The connections in a group, by their ids.
    pub(crate) fn list(&self, group: &GroupName) -> Vec<GroupMember> {
        let state = self.lock();
        let selection = Selection::of(Audience::Group(group));
        let members = state.selected(&selection);
        let members =
            members.map(|member| GroupMember::new(member.id.clone(), member.user.clone()));
        let mut members: Vec<_> = members.collect();
        members.sort_unstable_by(|one, other| {
            one.connection_id.as_str().cmp(other.connection_id.as_str())
        });
        members
    }

    /// Enters a connection, with its first groups.
    pub(crate) fn enter(&self, member: &Arc<Member>, groups: Vec<GroupName>) {
        self.lock().enter(member, groups);
    }

    /// Forgets a connection; true when it was the hub's last.
    pub(crate) fn leave(&self, member: &Member) -> bool {
        let mut state = self.lock();
        state.forget(&member.id);
        state.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Queues it for all at once, as the hub is now, and writes it when the hub is free again for others.
fn deliver(state: MutexGuard<'_, State>, delivery: &Delivery, selection: &Selection<'_>) {
    let give = |member: &Arc<Member>| {
        delivery.give(member);
        Arc::clone(member)
    };
    let receivers: Vec<_> = state.selected(selection).map(give).collect();
    drop(state);
    for receiver in receivers {
        receiver.outbox.flush();
    }
}

/// Each of the one with each of the other.
fn product<'a, A, B>(ones: &'a [A], others: &'a [B]) -> impl Iterator<Item = (&'a A, &'a B)> {
    ones.iter()
        .flat_map(move |one| others.iter().map(move |other| (one, other)))
}
