use hyper::upgrade::OnUpgrade;
use tokio::{
    select,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};
use webpubsub_protocol::Message;

use super::Speaker;
use crate::{
    hubs::Connected,
    limits::Limits,
    outbox::Outgoing,
    socket::{Close, Frame, Incoming, Socket},
};

/// How many pings in a row a client may leave unanswered.
const UNANSWERED_PINGS: u32 = 3;

/// Serves one client until it leaves, breaks a rule, falls behind, or is sent away.
pub(super) async fn run(
    connected: Connected,
    speaker: Speaker,
    upgrade: OnUpgrade,
    limits: Limits,
) {
    let Ok(Ok(connection)) = timeout(limits.request_timeout, upgrade).await else {
        return;
    };
    let mut session = Session {
        socket: Socket::new(connection).await,
        connected,
        speaker,
        limits,
    };
    let Err(end) = session.serve().await;
    let Session {
        mut socket,
        connected,
        limits,
        ..
    } = session;
    // Out of the hub first: what is sent from now on is not for this client.
    drop(connected);
    if let End::Close(close) = end {
        let _ = timeout(limits.close_timeout, socket.close(close)).await;
    }
}

struct Session {
    socket: Socket,
    connected: Connected,
    speaker: Speaker,
    limits: Limits,
}

/// How a session ends.
enum End {
    /// With a goodbye.
    Close(Close),
    /// Without one: the client is gone, or does not read.
    Drop,
}

impl Session {
    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let period = self.limits.ping_interval;
        let mut pings = interval_at(Instant::now() + period, period);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Counted, not timed: after a pause of this whole process a client still has the time to answer.
        let mut unanswered = 0;
        loop {
            let member = &self.connected.member;
            select! {
                outgoing = member.outbox.next() => match outgoing {
                    Outgoing::Frame(frame) => self.write(Some(frame)).await?,
                    Outgoing::Close(close) => return Err(End::Close(close)),
                },
                incoming = self.socket.next() => {
                    unanswered = 0;
                    self.receive(incoming)?;
                }
                _ = pings.tick() => {
                    if unanswered == UNANSWERED_PINGS {
                        return Err(End::Close(Close::SILENT));
                    }
                    unanswered += 1;
                    self.write(None).await?;
                }
            }
        }
    }

    fn receive(&mut self, incoming: Incoming) -> Result<(), End> {
        let connected = &self.connected;
        let result = match (&mut self.speaker, incoming) {
            (_, Incoming::Gone) => return Err(End::Drop),
            (_, Incoming::Alive) => Ok(()),
            (_, Incoming::Violation(close)) => Err(close),
            (Speaker::Plain(client), Incoming::Text(text)) => {
                client.receive(connected, Message::text(text.as_str()))
            }
            (Speaker::Plain(client), Incoming::Binary(bytes)) => {
                client.receive(connected, Message::binary(bytes))
            }
            (Speaker::Json(client), Incoming::Text(text)) => client.receive(connected, &text),
            (Speaker::Json(_), Incoming::Binary(_)) => Err(Close::NOT_TEXT),
        };
        result.map_err(End::Close)
    }

    /// Writes a frame, or else a ping. A client that does not read is given up, at the latest when its queue overflows.
    async fn write(&mut self, frame: Option<Frame>) -> Result<(), End> {
        let socket = &mut self.socket;
        let written = timeout(self.limits.write_timeout, async {
            match frame {
                Some(frame) => socket.write(frame).await,
                None => socket.ping().await,
            }
        });
        let outbox = &self.connected.member.outbox;
        select! {
            written = written => match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(End::Drop),
            },
            () = outbox.given_up() => Err(match outbox.take() {
                Some(Outgoing::Close(close)) => End::Close(close),
                // It was to be closed, and did not read what comes before the goodbye.
                _ => End::Drop,
            }),
        }
    }
}
