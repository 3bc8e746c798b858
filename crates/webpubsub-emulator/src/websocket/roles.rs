use webpubsub_protocol::{GroupName, Role};

/// The roles of a client's token.
#[derive(Debug, Default)]
pub(crate) struct Roles(Vec<Role>);

impl Roles {
    pub(crate) fn may_join_or_leave(&self, group: &GroupName) -> bool {
        self.0.iter().any(|role| match role {
            Role::JoinLeaveAnyGroup => true,
            Role::JoinLeaveGroup(of) => of == group,
            _ => false,
        })
    }

    pub(crate) fn may_send_to(&self, group: &GroupName) -> bool {
        self.0.iter().any(|role| match role {
            Role::SendToAnyGroup => true,
            Role::SendToGroup(of) => of == group,
            _ => false,
        })
    }
}

impl FromIterator<String> for Roles {
    fn from_iter<I: IntoIterator<Item = String>>(roles: I) -> Self {
        Self(roles.into_iter().map(Role::from).collect())
    }
}
