use std::sync::{Mutex, MutexGuard, PoisonError};

use webpubsub_protocol::{ConnectionId, GroupName, UserId, frame::ServiceFrame};

use crate::{
    client_kind::ClientKind,
    faults::Target,
    line::Line,
    outbox::Outbox,
    permissions::{Action, Permissions, TooMany},
    socket::{Close, Frame},
};

/// One connection, as senders see it.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: ConnectionId,
    pub(crate) user: Option<UserId>,
    pub(crate) kind: ClientKind,
    pub(crate) outbox: Outbox,
    pub(crate) line: Line,
    permissions: Mutex<Permissions>,
}

impl Member {
    pub(crate) fn new(
        id: ConnectionId,
        user: Option<UserId>,
        kind: ClientKind,
        permissions: Permissions,
        outbox: Outbox,
    ) -> Self {
        Self {
            id,
            user,
            kind,
            outbox,
            line: Line::default(),
            permissions: Mutex::new(permissions),
        }
    }

    pub(crate) fn as_target(&self) -> Target<'_> {
        Target {
            connection: Some(&self.id),
            user: self.user.as_ref(),
        }
    }

    /// Sends a frame of the subprotocol that is no message; plain clients have none.
    pub(crate) fn send_frame(&self, frame: &ServiceFrame) {
        if let Some(frame) = self.written(frame) {
            self.outbox.push(frame);
        }
    }

    /// Closes the connection for good, after telling a client of a subprotocol why.
    pub(crate) fn close(&self, reason: &str, close: Close) {
        let message = reason.to_owned();
        let last = self.written(&ServiceFrame::Disconnected { message });
        self.outbox.close(last, close);
    }

    fn written(&self, frame: &ServiceFrame) -> Option<Frame> {
        let format = self.kind.format()?;
        Some(Frame::from(format.encode_service(frame)))
    }

    /// Whether the client may do this now.
    pub(crate) fn may(&self, action: Action, group: &GroupName) -> bool {
        self.permissions().allows(action, group)
    }

    /// Allows it from now on.
    pub(crate) fn grant(&self, action: Action, group: &GroupName) -> Result<(), TooMany> {
        self.permissions().grant(action, group)
    }

    /// Forbids it from now on.
    pub(crate) fn revoke(&self, action: Action, group: &GroupName) -> Result<(), TooMany> {
        self.permissions().revoke(action, group)
    }

    fn permissions(&self) -> MutexGuard<'_, Permissions> {
        self.permissions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
