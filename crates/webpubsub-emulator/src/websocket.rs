//! The WebSocket door: lets clients in, and passes on what they send.

mod ack_ids;
mod handshake;
mod plain_client;
mod recovery;
mod session;
mod subprotocol_client;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use webpubsub_protocol::{ServiceError, frame::ServiceFrame};

use self::{
    handshake::{Accepted, Arrival, Newcomer},
    plain_client::PlainClient,
    session::Session,
    subprotocol_client::SubprotocolClient,
};
use crate::{
    client_kind::ClientKind, faults::Fault, member::Member, outbox::Outbox, rest, shared::Shared,
};

pub(crate) use handshake::is_client_path;

/// Answers a client that wants to connect: 101, after which its session runs, or an error.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    mut request: Request<Incoming>,
) -> Response<Bytes> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, _) = request.into_parts();
    let Accepted { arrival, response } = match handshake::accept(shared, &parts) {
        Ok(accepted) => accepted,
        Err(refusal) => return refusal.to_response(),
    };
    match shared.faults.pick(arrival.as_target(), upgrade_fault) {
        Some(UpgradeFault::Refuse(status)) => return rest::status(status),
        Some(UpgradeFault::Delay(delay)) => shared.clock.sleep(delay).await,
        None => {}
    }
    let is_served = match arrival {
        Arrival::New(newcomer) => welcome(shared, *newcomer, upgrade),
        Arrival::Back(member) => {
            let recovered = recovery::run(Arc::clone(shared), member, upgrade);
            shared.tasks.spawn(recovered);
            Some(())
        }
    };
    match is_served {
        Some(()) if !shared.tasks.stopping.is_cancelled() => response,
        _ => unavailable(),
    }
}

/// Gives a client its new connection; `None` when the system gives no randomness.
fn welcome(shared: &Arc<Shared>, newcomer: Newcomer, upgrade: OnUpgrade) -> Option<()> {
    let kind = newcomer.speaker.kind();
    let member = Member::new(
        shared.ids.next()?,
        newcomer.user,
        kind,
        newcomer.permissions,
        Outbox::new(
            &shared.limits,
            &shared.clock,
            &shared.faults,
            kind.is_reliable(),
        ),
    );
    let reconnection_token = if kind.is_reliable() {
        let now = shared.clock.system_now();
        Some(shared.reconnection.issue(&member.id, now)?)
    } else {
        None
    };
    // First in its queue, and in the hub before the client hears of it: nothing sent from then on is missed.
    member.send_frame(&ServiceFrame::Connected {
        connection_id: member.id.clone(),
        user_id: member.user.clone(),
        reconnection_token,
    });
    let connected = shared.hubs.connect(&newcomer.hub, member, newcomer.groups);
    let session = Session::new(Arc::clone(shared), connected, newcomer.speaker);
    shared.tasks.spawn(session.run(upgrade));
    Some(())
}

/// What can go wrong when a client connects.
enum UpgradeFault {
    Refuse(StatusCode),
    Delay(Duration),
}

fn upgrade_fault(fault: &Fault) -> Option<UpgradeFault> {
    match *fault {
        Fault::RefuseUpgrade(status) => Some(UpgradeFault::Refuse(status)),
        Fault::DelayUpgrade(delay) => Some(UpgradeFault::Delay(delay)),
        _ => None,
    }
}

fn unavailable() -> Response<Bytes> {
    let message = "The service is stopping.";
    ServiceError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Error.Unavailable",
        message,
        "Request",
    )
    .to_response()
}

/// What a client is, and what it may do with what it sends.
#[derive(Debug)]
pub(crate) enum Speaker {
    Plain(PlainClient),
    Subprotocol(SubprotocolClient),
}

impl Speaker {
    fn kind(&self) -> ClientKind {
        match self {
            Self::Plain(_) => ClientKind::Plain,
            Self::Subprotocol(client) => ClientKind::Subprotocol(client.subprotocol()),
        }
    }
}
