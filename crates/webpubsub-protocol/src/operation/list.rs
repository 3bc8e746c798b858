use std::num::NonZeroU32;

use http::{Method, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Idempotency, Operation, Page, PagedOperation, RequestReader, RequestWriter, Template,
    number::{self, MAX_INT32, in_range},
    page::CONTINUATION_TOKEN,
};
use crate::{ConnectionId, Error, GroupName, UserId};

const MAX_PAGE_SIZE: &str = "maxpagesize";
const TOP: &str = "top";

/// Lists the connections in a group, page by page, in no certain order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ListConnectionsInGroup {
    /// The group.
    pub group: GroupName,
    /// The most connections in one page; without it the service decides.
    pub max_page_size: Option<MaxPageSize>,
    /// The most connections in all pages; without it all.
    pub top: Option<Top>,
    /// Where to go on: the token of the page before.
    pub continuation_token: Option<String>,
}

impl ListConnectionsInGroup {
    /// All connections in `group`.
    #[must_use]
    pub fn new(group: GroupName) -> Self {
        Self {
            group,
            max_page_size: None,
            top: None,
            continuation_token: None,
        }
    }
}

impl Operation for ListConnectionsInGroup {
    type Output = Page<GroupMember>;

    const NAME: &'static str = "list_connections";
    const METHOD: Method = Method::GET;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/groups/{group}/connections");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.group)?;
        if let Some(size) = self.max_page_size {
            request.query(MAX_PAGE_SIZE, &size.get().to_string());
        }
        if let Some(top) = self.top {
            request.query(TOP, &top.get().to_string());
        }
        if let Some(token) = &self.continuation_token {
            request.query(CONTINUATION_TOKEN, token);
        }
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self {
            group: request.name()?,
            max_page_size: number::read(request, MAX_PAGE_SIZE)?,
            top: number::read(request, TOP)?,
            continuation_token: request.query(CONTINUATION_TOKEN).map(str::to_owned),
        })
    }
}

impl PagedOperation for ListConnectionsInGroup {
    type Item = GroupMember;
}

/// A connection in a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupMember {
    /// The connection.
    pub connection_id: ConnectionId,
    /// The user it belongs to; anonymous connections have none.
    #[serde(default, deserialize_with = "user_or_none")]
    pub user_id: Option<UserId>,
}

impl GroupMember {
    /// A member, as a server lists it.
    #[must_use]
    pub fn new(connection_id: ConnectionId, user_id: Option<UserId>) -> Self {
        Self {
            connection_id,
            user_id,
        }
    }
}

/// An anonymous connection has `null`, or an empty text.
fn user_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    let user = Option::<String>::deserialize(deserializer)?;
    Ok(user.and_then(|user| UserId::new(user).ok()))
}

/// The most items in one page: from 1 to 200 (the service's contract, `maxpagesize`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxPageSize(NonZeroU32);

impl MaxPageSize {
    /// The largest page.
    pub const MAX: u32 = 200;

    /// The number of items.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for MaxPageSize {
    type Error = Error;

    fn try_from(size: u32) -> Result<Self, Error> {
        in_range(size, Self::MAX, MAX_PAGE_SIZE, "must be from 1 to 200").map(Self)
    }
}

/// The most items in all pages: from 1 to 2,147,483,647 (the service's contract, `top`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Top(NonZeroU32);

impl Top {
    /// The largest number.
    pub const MAX: u32 = MAX_INT32;

    /// The number of items.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for Top {
    type Error = Error;

    fn try_from(top: u32) -> Result<Self, Error> {
        in_range(top, Self::MAX, TOP, "must be from 1 to 2,147,483,647").map(Self)
    }
}
