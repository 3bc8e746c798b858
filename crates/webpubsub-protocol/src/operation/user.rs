use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template};
use crate::{Error, UserId};

/// Whether a user has at least one connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UserExists {
    /// The user.
    pub user: UserId,
}

impl UserExists {
    /// Asks for `user`.
    #[must_use]
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

impl Operation for UserExists {
    type Output = bool;

    const NAME: &'static str = "user_exists";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/users/{userId}");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        request.name(&self.user)
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self::new(request.name()?))
    }
}
