//! The REST operations, each a plain value that becomes a request and can be recovered from one.

mod bulk;
mod close;
mod exists;
mod health;
mod list;
mod membership;
mod number;
mod option;
mod output;
mod page;
mod permission;
mod request;
mod send;
mod template;
mod token;
mod with_response;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};

pub use bulk::{AddConnectionsToGroups, RemoveConnectionsFromGroups};
pub use close::{
    CloseAllConnections, CloseConnection, CloseGroupConnections, CloseUserConnections,
};
pub use exists::{ConnectionExists, GroupExists, UserExists};
pub use health::ServiceStatus;
pub use list::{GroupMember, ListConnectionsInGroup, MaxPageSize, Top};
pub use membership::{
    AddConnectionToGroup, AddUserToGroup, RemoveConnectionFromAllGroups, RemoveConnectionFromGroup,
    RemoveUserFromAllGroups, RemoveUserFromGroup,
};
pub use option::{
    MessageTtl, WithExcluded, WithFilter, WithMessageTtl, WithReason, WithTargetName,
};
pub use output::Output;
pub use page::{Page, PagedOperation};
pub use permission::{CheckPermission, GrantPermission, RevokePermission};
pub use request::{RequestReader, RequestWriter};
pub use send::{SendToAll, SendToConnection, SendToGroup, SendToUser};
pub use template::{Segments, Template};
pub use token::{GenerateClientToken, MinutesToExpire};
pub use with_response::WithResponse;

pub use crate::Filter;

use crate::{Error, Target};

/// Whether an operation may be repeated when it is not known if the first try was processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// Changes nothing: repeat at will.
    Safe,
    /// A repeat changes nothing more: repeat at will.
    Idempotent,
    /// A repeat acts again (a message is delivered twice): repeat only what was certainly not processed.
    NotIdempotent,
}

impl Idempotency {
    /// Whether a repeat does no harm.
    #[must_use]
    pub fn allows_repeat(self) -> bool {
        self != Self::NotIdempotent
    }
}

/// What a request is about; [`Operation::to_request`] puts it into the request's extensions for layers below to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The operation's name, as the method of the client is called: `send_to_all`.
    pub name: &'static str,
    /// The URL path with its names left open: `/api/hubs/{hub}/:send`. Safe to log, where the path itself is not.
    pub template: &'static str,
    /// Whether it may be repeated.
    pub idempotency: Idempotency,
}

/// One REST operation with its options.
///
/// An operation states its method, its path and how its fields are written and read; the rest follows from that.
pub trait Operation: Sized {
    /// What a success gives.
    type Output: Output;

    /// The operation's name, as the method of the client is called: `send_to_all`.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The URL path below the endpoint.
    const TEMPLATE: Template;
    /// Whether it may be repeated.
    const IDEMPOTENCY: Idempotency;
    /// The status of a success.
    const SUCCESS: StatusCode;

    /// Writes the path's names in their order (without the hub), the query and the body.
    fn write(&self, request: &mut RequestWriter) -> Result<(), Error>;

    /// Reads what [`write`](Self::write) wrote.
    fn read(request: &RequestReader<'_>) -> Result<Self, Error>;

    /// The request of this operation, with an absolute URL and without authorization.
    ///
    /// Fails when a name cannot stand in a URL path (`.` and `..`, which URL normalization drops) or when the URL
    /// would exceed 65,534 bytes.
    fn to_request(&self, target: &Target) -> Result<Request<Bytes>, Error> {
        let mut writer = RequestWriter::new(target, Self::TEMPLATE);
        if Self::TEMPLATE.names_hub() {
            writer.segment("hub", target.hub.as_str())?;
        }
        self.write(&mut writer)?;
        writer.finish::<Self>()
    }

    /// The outcome an answer means.
    ///
    /// A success with a status other than [`SUCCESS`](Self::SUCCESS) is an error: it comes from somebody between, such as a
    /// gateway's page for signing in, and the service did nothing.
    fn parse_response(response: &Response<Bytes>) -> Result<Self::Output, Error> {
        Self::Output::from_response(response, Self::SUCCESS)
    }
}

/// How many headers a send has on the wire.
const ROOM_FOR_HEADERS: usize = 7;

/// A request of an operation of this type, marked as such.
fn request<O: Operation>(uri: Uri, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = O::METHOD;
    *request.uri_mut() = uri;
    let json = HeaderValue::from_static("application/json");
    // Room for those the layers and hyper add: to grow in the middle of a send costs more than all inserts.
    request.headers_mut().reserve(ROOM_FOR_HEADERS);
    request.headers_mut().insert(header::ACCEPT, json);
    request.extensions_mut().insert(OperationInfo {
        name: O::NAME,
        template: O::TEMPLATE.as_str(),
        idempotency: O::IDEMPOTENCY,
    });
    request
}
