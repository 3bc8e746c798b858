use std::collections::HashMap;

use webpubsub_protocol::{GroupName, GroupPattern, Role};

/// How many single groups the rules of one connection may name (the official emulator's number).
const MAX_GROUPS: usize = 1000;

/// How many patterns the roles of one token may have (the official emulator's number).
const MAX_PATTERNS: usize = 10;

/// What a client can be allowed to do with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    JoinOrLeave,
    Send,
}

/// What one client may do: the roles of its token, and what was granted and revoked since.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    join_or_leave: Rules,
    send: Rules,
}

/// The rules for one action.
#[derive(Debug, Default)]
struct Rules {
    any_group: bool,
    patterns: Vec<GroupPattern>,
    /// Whether a single group is allowed; the last word on it, whatever holds for all or many.
    groups: HashMap<GroupName, bool>,
}

/// The rules would be more than a connection can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooMany {
    #[error("A connection can have permissions for at most {MAX_GROUPS} single groups.")]
    Groups,
    #[error("A token can have at most {MAX_PATTERNS} roles with a pattern.")]
    Patterns,
}

impl Permissions {
    /// The permissions of a token. Roles that are not known grant nothing.
    pub(crate) fn of_roles(roles: impl IntoIterator<Item = Role>) -> Result<Self, TooMany> {
        let mut permissions = Self::default();
        for role in roles {
            match role {
                Role::JoinLeaveAnyGroup => permissions.join_or_leave.any_group = true,
                Role::SendToAnyGroup => permissions.send.any_group = true,
                Role::JoinLeaveGroup(group) => permissions.grant(Action::JoinOrLeave, &group)?,
                Role::SendToGroup(group) => permissions.grant(Action::Send, &group)?,
                Role::JoinLeaveGroups(pattern) => permissions.join_or_leave.patterns.push(pattern),
                Role::SendToGroups(pattern) => permissions.send.patterns.push(pattern),
                _ => {}
            }
        }
        let patterns = permissions.join_or_leave.patterns.len() + permissions.send.patterns.len();
        if patterns > MAX_PATTERNS {
            return Err(TooMany::Patterns);
        }
        Ok(permissions)
    }

    pub(crate) fn allows(&self, action: Action, group: &GroupName) -> bool {
        let rules = self.rules(action);
        let last_word = rules.groups.get(group).copied();
        last_word.unwrap_or_else(|| rules.allow_among_many(group))
    }

    pub(crate) fn grant(&mut self, action: Action, group: &GroupName) -> Result<(), TooMany> {
        self.say(action, group, true)
    }

    pub(crate) fn revoke(&mut self, action: Action, group: &GroupName) -> Result<(), TooMany> {
        if self.rules(action).allow_among_many(group) {
            return self.say(action, group, false);
        }
        // Nothing else allows it: there is nothing to forbid.
        self.rules_mut(action).groups.remove(group);
        Ok(())
    }

    fn say(&mut self, action: Action, group: &GroupName, is_allowed: bool) -> Result<(), TooMany> {
        let named = self.join_or_leave.groups.len() + self.send.groups.len();
        let groups = &mut self.rules_mut(action).groups;
        if named >= MAX_GROUPS && !groups.contains_key(group) {
            return Err(TooMany::Groups);
        }
        groups.insert(group.clone(), is_allowed);
        Ok(())
    }

    fn rules(&self, action: Action) -> &Rules {
        match action {
            Action::JoinOrLeave => &self.join_or_leave,
            Action::Send => &self.send,
        }
    }

    fn rules_mut(&mut self, action: Action) -> &mut Rules {
        match action {
            Action::JoinOrLeave => &mut self.join_or_leave,
            Action::Send => &mut self.send,
        }
    }
}

impl Rules {
    /// Whether the roles for all or many groups allow this one.
    fn allow_among_many(&self, group: &GroupName) -> bool {
        self.any_group || self.patterns.iter().any(|pattern| pattern.matches(group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Action::{JoinOrLeave, Send};

    fn group(name: impl Into<String>) -> GroupName {
        GroupName::new(name.into()).unwrap()
    }

    #[test]
    fn the_last_rule_for_a_group_counts() {
        let roles = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroups.a.*"];
        let mut permissions = Permissions::of_roles(roles.map(Role::from)).unwrap();
        for (action, name) in [(Send, "x"), (JoinOrLeave, "a.x"), (JoinOrLeave, "b")] {
            let group = group(name);
            for _ in 0..2 {
                permissions.revoke(action, &group).unwrap();
                assert!(!permissions.allows(action, &group), "{name}");
                permissions.grant(action, &group).unwrap();
                assert!(permissions.allows(action, &group), "{name}");
            }
        }
        assert!(permissions.allows(Send, &group("y")));
        assert!(permissions.allows(JoinOrLeave, &group("a.y")));
        assert!(!permissions.allows(JoinOrLeave, &group("c")));
    }

    #[test]
    fn rules_are_bounded_and_those_there_still_change() {
        let mut permissions = Permissions::of_roles([Role::SendToAnyGroup]).unwrap();
        for n in 0..MAX_GROUPS {
            let action = if n % 2 == 0 { Send } else { JoinOrLeave };
            permissions.grant(action, &group(n.to_string())).unwrap();
        }
        let (old, new) = (group("0"), group("new"));
        assert_eq!(permissions.grant(JoinOrLeave, &new), Err(TooMany::Groups));
        assert_eq!(permissions.revoke(Send, &new), Err(TooMany::Groups));
        // Needs no rule, as nothing allows it.
        assert_eq!(permissions.revoke(JoinOrLeave, &new), Ok(()));
        assert_eq!(permissions.revoke(Send, &old), Ok(()));
        assert!(!permissions.allows(Send, &old));
        permissions.revoke(JoinOrLeave, &group("1")).unwrap();
        assert_eq!(permissions.grant(JoinOrLeave, &new), Ok(()));
    }

    #[test]
    fn the_rules_of_a_token_are_bounded() {
        let pattern = |n| Role::send_to_groups(format!("{n}.*")).unwrap();
        assert!(Permissions::of_roles((0..10).map(pattern)).is_ok());
        let too_many = Permissions::of_roles((0..11).map(pattern)).unwrap_err();
        assert_eq!(too_many, TooMany::Patterns);
        let single = |n: usize| Role::send_to_group(n.to_string()).unwrap();
        assert!(Permissions::of_roles((0..1000).map(single)).is_ok());
        let too_many = Permissions::of_roles((0..1001).map(single)).unwrap_err();
        assert_eq!(too_many, TooMany::Groups);
    }
}
