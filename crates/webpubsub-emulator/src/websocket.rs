//! The WebSocket door: lets clients in, and passes on what they send.

mod handshake;
mod json_client;
mod plain_client;
mod session;

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use webpubsub_protocol::{ServiceError, frame::ServiceFrame};

use crate::{client_kind::ClientKind, member::Member, outbox::Outbox, shared::Shared};

pub(crate) use handshake::is_client_path;

/// Answers a client that wants to connect: 101, after which its session runs, or an error.
pub(crate) fn answer(shared: &Arc<Shared>, mut request: Request<Incoming>) -> Response<Bytes> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, _) = request.into_parts();
    let accepted = match handshake::accept(shared, &parts) {
        Ok(accepted) => accepted,
        Err(refusal) => return refusal.to_response(),
    };
    let Some(id) = shared.ids.next() else {
        return unavailable();
    };
    let member = Member::new(
        id,
        accepted.user,
        accepted.speaker.kind(),
        accepted.permissions,
        Outbox::new(&shared.limits),
    );
    // First in its queue, and in the hub before the client hears of it: nothing sent from then on is missed.
    member.send_frame(&ServiceFrame::Connected {
        connection_id: member.id.clone(),
        user_id: member.user.clone(),
        reconnection_token: None,
    });
    let connected = shared.hubs.connect(&accepted.hub, member, accepted.groups);
    if shared.tasks.stopping.is_cancelled() {
        return unavailable();
    }
    shared.tasks.spawn(session::run(
        connected,
        accepted.speaker,
        upgrade,
        shared.limits.clone(),
    ));
    accepted.response
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
    Plain(plain_client::PlainClient),
    Json(json_client::JsonClient),
}

impl Speaker {
    fn kind(&self) -> ClientKind {
        match self {
            Self::Plain(_) => ClientKind::Plain,
            Self::Json(_) => ClientKind::Json,
        }
    }
}
