use std::sync::Arc;

use hyper::upgrade::OnUpgrade;
use webpubsub_protocol::{
    ConnectionId, HubName,
    connection::{CONNECTION_ID, RECONNECTION_TOKEN},
    frame::Subprotocol,
    operation::RequestReader,
};

use crate::{
    client_kind::ClientKind,
    member::Member,
    shared::Shared,
    socket::{Close, Socket},
};

/// Whether a client wants its connection of before.
pub(super) fn is_asked_for(request: &RequestReader<'_>) -> bool {
    request.query(CONNECTION_ID).is_some()
}

/// The connection a client wants, if it is there, its own, and of the kind that can be recovered.
pub(super) fn find(
    shared: &Shared,
    hub: &HubName,
    subprotocol: Option<Subprotocol>,
    request: &RequestReader<'_>,
) -> Option<Arc<Member>> {
    let id = ConnectionId::new(request.query(CONNECTION_ID)?).ok()?;
    let token = request.query(RECONNECTION_TOKEN)?;
    let is_owner = shared
        .reconnection
        .open(token, &id, shared.clock.system_now());
    let kind = subprotocol.map(ClientKind::Subprotocol)?;
    let member = shared.hubs.get(hub).member(&id)?;
    (is_owner && kind.is_reliable() && member.kind == kind).then_some(member)
}

/// Gives a connection the socket its client has come back with, or turns the client away.
pub(super) async fn run(shared: Arc<Shared>, member: Option<Arc<Member>>, upgrade: OnUpgrade) {
    let limits = &shared.limits;
    let Some(socket) = Socket::upgraded(upgrade, limits.request_timeout).await else {
        return;
    };
    let turned_away = match member {
        Some(member) => member.line.recover(socket).err(),
        None => Some(socket),
    };
    if let Some(mut socket) = turned_away {
        socket
            .close(Close::NOT_RECOVERED, limits.close_timeout)
            .await;
    }
}
