//! The options of operations. An option is one type with its query key and both directions; an operation that takes
//! it implements the option's `With…` trait.

use std::time::Duration;

use super::{RequestReader, RequestWriter};
use crate::{ConnectionId, Error, Filter, GroupName};

/// Operations that skip some connections.
pub trait WithExcluded: Sized {
    /// The connections skipped so far.
    fn excluded_mut(&mut self) -> &mut Vec<ConnectionId>;

    /// Skips these connections, besides those skipped already.
    #[must_use]
    fn excluded(mut self, connections: impl IntoIterator<Item = ConnectionId>) -> Self {
        self.excluded_mut().extend(connections);
        self
    }
}

/// Operations that reach only the connections a filter selects.
pub trait WithFilter: Sized {
    /// The filter, if there is one.
    fn filter_mut(&mut self) -> &mut Option<Filter>;

    /// Reaches only the connections this filter selects.
    #[must_use]
    fn filter(mut self, filter: Filter) -> Self {
        *self.filter_mut() = Some(filter);
        self
    }
}

/// Operations that send a message that may expire.
pub trait WithMessageTtl: Sized {
    /// The time to live, if there is one.
    fn message_ttl_mut(&mut self) -> &mut Option<MessageTtl>;

    /// Drops the message for a client that has not consumed it in this time.
    #[must_use]
    fn message_ttl(mut self, ttl: MessageTtl) -> Self {
        *self.message_ttl_mut() = Some(ttl);
        self
    }
}

/// Operations that close connections and can tell them why.
pub trait WithReason: Sized {
    /// The reason, if there is one.
    fn reason_mut(&mut self) -> &mut Option<String>;

    /// Tells the closed clients why.
    #[must_use]
    fn reason(mut self, reason: impl Into<String>) -> Self {
        *self.reason_mut() = Some(reason.into());
        self
    }
}

/// Operations on a permission for a target.
pub trait WithTargetName: Sized {
    /// The target, if there is one.
    fn target_name_mut(&mut self) -> &mut Option<GroupName>;

    /// Names what the permission is for: for all known permissions a group.
    #[must_use]
    fn target_name(mut self, group: GroupName) -> Self {
        *self.target_name_mut() = Some(group);
        self
    }
}

pub(super) fn write_excluded(excluded: &[ConnectionId], request: &mut RequestWriter) {
    for connection in excluded {
        request.query("excluded", connection.as_str());
    }
}

pub(super) fn read_excluded(request: &RequestReader<'_>) -> Result<Vec<ConnectionId>, Error> {
    request
        .query_all("excluded")
        .map(TryInto::try_into)
        .collect()
}

pub(super) fn write_reason(reason: Option<&str>, request: &mut RequestWriter) {
    if let Some(reason) = reason {
        request.query("reason", reason);
    }
}

pub(super) fn read_reason(request: &RequestReader<'_>) -> Option<String> {
    request.query("reason").map(str::to_owned)
}

impl Filter {
    const KEY: &str = "filter";

    pub(super) fn write(filter: Option<&Self>, request: &mut RequestWriter) -> Result<(), Error> {
        filter.map_or(Ok(()), |filter| {
            request.query_since("2022-11-01", Self::KEY, filter.as_str())
        })
    }

    pub(super) fn read(request: &RequestReader<'_>) -> Option<Self> {
        request
            .query(Self::KEY)
            .filter(|text| !text.is_empty())
            .map(Self::raw)
    }
}

/// How long a message may wait for a client: whole seconds from 0 to 300, where 0 means that it never expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageTtl(u16);

impl MessageTtl {
    /// The longest time to live (the service's contract, `messageTtlSeconds`).
    pub const MAX: Duration = Duration::from_secs(Self::MAX_SECONDS as u64);

    const MAX_SECONDS: u16 = 300;
    const KEY: &str = "messageTtlSeconds";
    const RULE: &str = "must be whole seconds from 0 to 300";

    /// The time to live as a duration.
    #[must_use]
    pub fn as_duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }

    pub(super) fn write(ttl: Option<Self>, request: &mut RequestWriter) -> Result<(), Error> {
        ttl.map_or(Ok(()), |ttl| {
            request.query_since("2023-07-01", Self::KEY, &ttl.0.to_string())
        })
    }

    pub(super) fn read(request: &RequestReader<'_>) -> Result<Option<Self>, Error> {
        let Some(text) = request.query(Self::KEY) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(seconds) if seconds <= Self::MAX_SECONDS => Ok(Some(Self(seconds))),
            _ => Err(Error::argument(Self::KEY, Self::RULE)),
        }
    }
}

impl TryFrom<Duration> for MessageTtl {
    type Error = Error;

    fn try_from(ttl: Duration) -> Result<Self, Error> {
        let seconds = u16::try_from(ttl.as_secs())
            .ok()
            .filter(|seconds| *seconds <= Self::MAX_SECONDS);
        match seconds {
            Some(seconds) if ttl.subsec_nanos() == 0 => Ok(Self(seconds)),
            _ => Err(Error::argument(Self::KEY, Self::RULE)),
        }
    }
}
