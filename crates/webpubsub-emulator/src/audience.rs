use webpubsub_protocol::{ConnectionId, GroupName, UserId, filter::Expression};

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
    pub(crate) filter: Option<&'a Expression>,
}

impl<'a> Selection<'a> {
    /// The whole audience.
    pub(crate) fn of(audience: Audience<'a>) -> Self {
        Self {
            audience,
            excluded: &[],
            filter: None,
        }
    }

    /// Only those the filter selects, if there is one.
    pub(crate) fn filtered(self, filter: Option<&'a Expression>) -> Self {
        Self { filter, ..self }
    }

    /// Without these connections.
    pub(crate) fn excluding(self, excluded: &'a [ConnectionId]) -> Self {
        Self { excluded, ..self }
    }
}
