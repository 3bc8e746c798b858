use webpubsub_protocol::{ConnectionId, GroupName, UserId};

/// Which connections of a hub something is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Audience<'a> {
    All,
    Group(&'a GroupName),
    User(&'a UserId),
    Connection(&'a ConnectionId),
}

/// An audience less those who are left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection<'a> {
    pub(crate) audience: Audience<'a>,
    pub(crate) excluded: &'a [ConnectionId],
}

impl<'a> Selection<'a> {
    /// The whole audience.
    pub(crate) fn of(audience: Audience<'a>) -> Self {
        Self {
            audience,
            excluded: &[],
        }
    }

    /// Without these connections.
    pub(crate) fn excluding(self, excluded: &'a [ConnectionId]) -> Self {
        Self { excluded, ..self }
    }
}
