use std::fmt;

use crate::{Error, GroupName};

/// What a client may do with groups, as a `role` claim of its access token.
///
/// A client without roles can only send events. Roles the service knows and this crate does not (wildcard patterns
/// such as `webpubsub.sendToGroups.room-*`) pass through as [`Role::Other`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Join and leave any group: `webpubsub.joinLeaveGroup`.
    JoinLeaveAnyGroup,
    /// Join and leave this group: `webpubsub.joinLeaveGroup.{group}`.
    JoinLeaveGroup(GroupName),
    /// Publish to any group: `webpubsub.sendToGroup`.
    SendToAnyGroup,
    /// Publish to this group: `webpubsub.sendToGroup.{group}`.
    SendToGroup(GroupName),
    /// Any other role, as it stands in the token.
    Other(String),
}

const JOIN_LEAVE: &str = "webpubsub.joinLeaveGroup";
const SEND: &str = "webpubsub.sendToGroup";

impl Role {
    /// The role to join and leave `group`.
    pub fn join_leave_group<G>(group: G) -> Result<Self, Error>
    where
        G: TryInto<GroupName>,
        Error: From<G::Error>,
    {
        Ok(Self::JoinLeaveGroup(group.try_into()?))
    }

    /// The role to publish to `group`.
    pub fn send_to_group<G>(group: G) -> Result<Self, Error>
    where
        G: TryInto<GroupName>,
        Error: From<G::Error>,
    {
        Ok(Self::SendToGroup(group.try_into()?))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JoinLeaveAnyGroup => f.write_str(JOIN_LEAVE),
            Self::JoinLeaveGroup(group) => write!(f, "{JOIN_LEAVE}.{group}"),
            Self::SendToAnyGroup => f.write_str(SEND),
            Self::SendToGroup(group) => write!(f, "{SEND}.{group}"),
            Self::Other(role) => f.write_str(role),
        }
    }
}

impl From<&str> for Role {
    fn from(role: &str) -> Self {
        let of_group = |prefix| {
            let group = role.strip_prefix(prefix)?.strip_prefix('.')?;
            GroupName::new(group).ok()
        };
        match role {
            JOIN_LEAVE => Self::JoinLeaveAnyGroup,
            SEND => Self::SendToAnyGroup,
            _ => of_group(JOIN_LEAVE)
                .map(Self::JoinLeaveGroup)
                .or_else(|| of_group(SEND).map(Self::SendToGroup))
                .unwrap_or_else(|| Self::Other(role.to_owned())),
        }
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
        fn any_text_is_a_role_that_prints_as_itself(text in "(webpubsub\\.(joinLeaveGroup|sendToGroup)(\\..{0,9})?)|.{0,20}") {
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
            Role::from("webpubsub.sendToGroups.r*"),
            Role::Other("webpubsub.sendToGroups.r*".into())
        );
    }
}
