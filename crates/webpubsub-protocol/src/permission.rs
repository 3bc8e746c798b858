use std::fmt;

/// What a live connection can be allowed to do, on top of the [roles](crate::Role) of its token.
///
/// Permissions the service knows and this crate does not pass through as [`Permission::Other`].
///
/// ```
/// use webpubsub_protocol::Permission;
///
/// assert_eq!(Permission::from("sendToGroup"), Permission::SendToGroup);
/// assert_eq!(Permission::JoinLeaveGroup.as_str(), "joinLeaveGroup");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Publish to the group that is the permission's target.
    SendToGroup,
    /// Join and leave the group that is the permission's target.
    JoinLeaveGroup,
    /// Any other permission, as it stands in the URL.
    Other(String),
}

impl Permission {
    /// The permission on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::SendToGroup => "sendToGroup",
            Self::JoinLeaveGroup => "joinLeaveGroup",
            Self::Other(permission) => permission,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Permission {
    fn from(permission: &str) -> Self {
        [Self::SendToGroup, Self::JoinLeaveGroup]
            .into_iter()
            .find(|known| known.as_str() == permission)
            .unwrap_or_else(|| Self::Other(permission.to_owned()))
    }
}

impl From<String> for Permission {
    fn from(permission: String) -> Self {
        Self::from(permission.as_str())
    }
}
