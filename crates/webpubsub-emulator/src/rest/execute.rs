//! What each operation does. Codes and texts are those recorded from the service.

mod bulk;
mod close;
mod exists;
mod list;
mod membership;
mod permission;
mod send;
mod token;

use http::StatusCode;
use webpubsub_auth::AccessKey;
use webpubsub_protocol::{
    ConnectionId, Filter, ServiceError, Target, UserId, filter::Expression, operation::Operation,
};

use super::bad_request;
use crate::{clock::Clock, hub::Hub};

/// What an operation can see and change.
pub(super) struct Context<'r> {
    pub(super) hub: &'r Hub,
    /// What client tokens are signed with.
    pub(super) key: &'r AccessKey,
    pub(super) clock: &'r Clock,
    /// The service as the caller knows it, and the hub.
    pub(super) target: Target,
}

/// An operation that can be carried out.
pub(super) trait Execute: Operation {
    fn execute(self, context: &Context<'_>) -> Result<Self::Output, ServiceError>;
}

/// The filter of a request, ready to be evaluated.
fn read_filter(filter: Option<&Filter>) -> Result<Option<Expression>, ServiceError> {
    let expression = filter.map(Filter::parse).transpose();
    expression.map_err(|error| bad_request(&error))
}

fn invalid(message: impl Into<String>, target: &str) -> ServiceError {
    ServiceError::new(StatusCode::BAD_REQUEST, "Error.BadRequest", message, target)
}

fn found(found: bool, error: impl FnOnce() -> ServiceError) -> Result<(), ServiceError> {
    if found { Ok(()) } else { Err(error()) }
}

fn no_connection(code: &str, id: &ConnectionId) -> ServiceError {
    not_found(code, "Connection", id.as_str())
}

fn no_user(user: &UserId) -> ServiceError {
    not_found("Warning.User.NotExisted", "User", user.as_str())
}

fn not_found(code: &str, what: &str, name: &str) -> ServiceError {
    ServiceError::new(
        StatusCode::NOT_FOUND,
        code,
        format!("{what} `{name}` is not found."),
        what,
    )
}
