use http::{Method, StatusCode};

use super::{Idempotency, Operation, RequestReader, RequestWriter, Template, WithTargetName};
use crate::{ConnectionId, Error, GroupName, Permission};

const PERMISSION: Template =
    Template::new("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}");
const SEGMENT: &str = "permission";
const TARGET_NAME: &str = "targetName";

/// Grants a permission to a live connection; 404 (`Info.Connection.NotExisted`) when it is gone. A repeat leaves it
/// granted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GrantPermission {
    /// The permission.
    pub permission: Permission,
    /// The connection.
    pub connection: ConnectionId,
    /// What the permission is for; both known permissions ask for a group.
    pub target_name: Option<GroupName>,
}

impl GrantPermission {
    /// Grants `permission` to `connection`.
    #[must_use]
    pub fn new(permission: Permission, connection: ConnectionId) -> Self {
        Self {
            permission,
            connection,
            target_name: None,
        }
    }
}

impl Operation for GrantPermission {
    type Output = ();

    const NAME: &'static str = "grant_permission";
    const METHOD: Method = Method::PUT;
    const TEMPLATE: Template = PERMISSION;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write(
            &self.permission,
            &self.connection,
            self.target_name.as_ref(),
            request,
        )
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let (permission, connection, target_name) = read(request)?;
        Ok(Self {
            permission,
            connection,
            target_name,
        })
    }
}

impl WithTargetName for GrantPermission {
    fn target_name_mut(&mut self) -> &mut Option<GroupName> {
        &mut self.target_name
    }
}

/// Takes a permission from a live connection; a success too when it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RevokePermission {
    /// The permission.
    pub permission: Permission,
    /// The connection.
    pub connection: ConnectionId,
    /// What the permission is for; both known permissions ask for a group.
    pub target_name: Option<GroupName>,
}

impl RevokePermission {
    /// Takes `permission` from `connection`.
    #[must_use]
    pub fn new(permission: Permission, connection: ConnectionId) -> Self {
        Self {
            permission,
            connection,
            target_name: None,
        }
    }
}

impl Operation for RevokePermission {
    type Output = ();

    const NAME: &'static str = "revoke_permission";
    const METHOD: Method = Method::DELETE;
    const TEMPLATE: Template = PERMISSION;
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::NO_CONTENT;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write(
            &self.permission,
            &self.connection,
            self.target_name.as_ref(),
            request,
        )
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let (permission, connection, target_name) = read(request)?;
        Ok(Self {
            permission,
            connection,
            target_name,
        })
    }
}

impl WithTargetName for RevokePermission {
    fn target_name_mut(&mut self) -> &mut Option<GroupName> {
        &mut self.target_name
    }
}

/// Whether a live connection has a permission; one that is gone has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CheckPermission {
    /// The permission.
    pub permission: Permission,
    /// The connection.
    pub connection: ConnectionId,
    /// What the permission is for; both known permissions ask for a group.
    pub target_name: Option<GroupName>,
}

impl CheckPermission {
    /// Asks whether `connection` has `permission`.
    #[must_use]
    pub fn new(permission: Permission, connection: ConnectionId) -> Self {
        Self {
            permission,
            connection,
            target_name: None,
        }
    }
}

impl Operation for CheckPermission {
    type Output = bool;

    const NAME: &'static str = "has_permission";
    const METHOD: Method = Method::HEAD;
    const TEMPLATE: Template = PERMISSION;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        write(
            &self.permission,
            &self.connection,
            self.target_name.as_ref(),
            request,
        )
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let (permission, connection, target_name) = read(request)?;
        Ok(Self {
            permission,
            connection,
            target_name,
        })
    }
}

impl WithTargetName for CheckPermission {
    fn target_name_mut(&mut self) -> &mut Option<GroupName> {
        &mut self.target_name
    }
}

fn write(
    permission: &Permission,
    connection: &ConnectionId,
    target_name: Option<&GroupName>,
    request: &mut RequestWriter,
) -> Result<(), Error> {
    request.segment(SEGMENT, permission.as_str())?;
    request.name(connection)?;
    if let Some(target) = target_name {
        request.query(TARGET_NAME, target.as_str());
    }
    Ok(())
}

fn read(
    request: &RequestReader<'_>,
) -> Result<(Permission, ConnectionId, Option<GroupName>), Error> {
    let target_name = request.query(TARGET_NAME).map(TryInto::try_into);
    Ok((
        request.segment(SEGMENT)?.into(),
        request.name()?,
        target_name.transpose()?,
    ))
}
