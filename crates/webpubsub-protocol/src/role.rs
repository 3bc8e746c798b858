use std::fmt;

use crate::{Error, GroupName, GroupPattern};

/// What a client may do with groups, as a `role` claim of its access token.
///
/// A client without roles can only send events. Roles the service knows and this crate does not, and those with a
/// pattern that is none, pass through as [`Role::Other`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Join and leave any group: `webpubsub.joinLeaveGroup`.
    JoinLeaveAnyGroup,
    /// Join and leave this group: `webpubsub.joinLeaveGroup.{group}`.
    JoinLeaveGroup(GroupName),
    /// Join and leave the groups this pattern stands for: `webpubsub.joinLeaveGroups.{pattern}`.
    JoinLeaveGroups(GroupPattern),
    /// Publish to any group: `webpubsub.sendToGroup`.
    SendToAnyGroup,
    /// Publish to this group: `webpubsub.sendToGroup.{group}`.
    SendToGroup(GroupName),
    /// Publish to the groups this pattern stands for: `webpubsub.sendToGroups.{pattern}`.
    SendToGroups(GroupPattern),
    /// Any other role, as it stands in the token.
    Other(String),
}

const JOIN_LEAVE: &str = "webpubsub.joinLeaveGroup";
const JOIN_LEAVE_MANY: &str = "webpubsub.joinLeaveGroups";
const SEND: &str = "webpubsub.sendToGroup";
const SEND_MANY: &str = "webpubsub.sendToGroups";

impl Role {
    /// The role to join and leave `group`.
    pub fn join_leave_group<G>(group: G) -> Result<Self, Error>
    where
        G: TryInto<GroupName>,
        Error: From<G::Error>,
    {
        Ok(Self::JoinLeaveGroup(group.try_into()?))
    }

    /// The role to join and leave the groups `pattern` stands for.
    pub fn join_leave_groups<P>(pattern: P) -> Result<Self, Error>
    where
        P: TryInto<GroupPattern>,
        Error: From<P::Error>,
    {
        Ok(Self::JoinLeaveGroups(pattern.try_into()?))
    }

    /// The role to publish to `group`.
    pub fn send_to_group<G>(group: G) -> Result<Self, Error>
    where
        G: TryInto<GroupName>,
        Error: From<G::Error>,
    {
        Ok(Self::SendToGroup(group.try_into()?))
    }

    /// The role to publish to the groups `pattern` stands for.
    pub fn send_to_groups<P>(pattern: P) -> Result<Self, Error>
    where
        P: TryInto<GroupPattern>,
        Error: From<P::Error>,
    {
        Ok(Self::SendToGroups(pattern.try_into()?))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, of) = match self {
            Self::JoinLeaveAnyGroup => (JOIN_LEAVE, None),
            Self::JoinLeaveGroup(group) => (JOIN_LEAVE, Some(group.as_str())),
            Self::JoinLeaveGroups(pattern) => (JOIN_LEAVE_MANY, Some(pattern.as_str())),
            Self::SendToAnyGroup => (SEND, None),
            Self::SendToGroup(group) => (SEND, Some(group.as_str())),
            Self::SendToGroups(pattern) => (SEND_MANY, Some(pattern.as_str())),
            Self::Other(role) => (role.as_str(), None),
        };
        f.write_str(kind)?;
        of.map_or(Ok(()), |of| {
            f.write_str(".")?;
            f.write_str(of)
        })
    }
}

impl From<&str> for Role {
    fn from(role: &str) -> Self {
        // What a role is for stands behind its second dot.
        let (kind, of) = match role.match_indices('.').nth(1) {
            Some((dot, _)) => (&role[..dot], Some(&role[dot + 1..])),
            None => (role, None),
        };
        let known = match (kind, of) {
            (JOIN_LEAVE, None) => Ok(Self::JoinLeaveAnyGroup),
            (JOIN_LEAVE, Some(group)) => Self::join_leave_group(group),
            (JOIN_LEAVE_MANY, Some(pattern)) => Self::join_leave_groups(pattern),
            (SEND, None) => Ok(Self::SendToAnyGroup),
            (SEND, Some(group)) => Self::send_to_group(group),
            (SEND_MANY, Some(pattern)) => Self::send_to_groups(pattern),
            _ => return Self::Other(role.to_owned()),
        };
        known.unwrap_or_else(|_| Self::Other(role.to_owned()))
    }
}

impl From<String> for Role {
    fn from(role: String) -> Self {
        Self::from(role.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_a_role_that_prints_as_itself(text in "(webpubsub\\.(joinLeaveGroup|sendToGroup)s?(\\.([a*?\\\\]|.){0,9})?)|.{0,20}") {
            prop_assert_eq!(Role::from(text.as_str()).to_string(), text);
        }
    }

    #[test]
    fn roles_are_told_apart() {
        assert_eq!(Role::from("webpubsub.sendToGroup"), Role::SendToAnyGroup);
        assert_eq!(
            Role::from("webpubsub.sendToGroup.a.b"),
            Role::send_to_group("a.b").unwrap()
        );
        assert_eq!(
            Role::from("webpubsub.joinLeaveGroup.r"),
            Role::join_leave_group("r").unwrap()
        );
        assert_eq!(
            Role::from("webpubsub.sendToGroups.r.*"),
            Role::send_to_groups("r.*").unwrap()
        );
        assert_eq!(
            Role::from("webpubsub.joinLeaveGroups.r?"),
            Role::join_leave_groups("r?").unwrap()
        );
        for other in [
            "webpubsub.sendToGroups",
            "webpubsub.sendToGroups.******",
            "webpubsub.sendToGroup.",
            "x",
        ] {
            assert_eq!(Role::from(other), Role::Other(other.to_owned()));
        }
    }
}
