use std::collections::VecDeque;

use hyper::upgrade::OnUpgrade;
use tokio::{
    select,
    time::{Instant, MissedTickBehavior, error::Elapsed, interval_at, timeout},
};
use webpubsub_protocol::Message;

use super::Speaker;
use crate::{
    hub::Connected,
    limits::Limits,
    outbox::Outgoing,
    socket::{Close, Frame, Incoming, Socket},
};

/// How many ping intervals a client may be silent.
const SILENT_INTERVALS: u32 = 3;

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
        let mut heard = Instant::now();
        loop {
            let member = &self.connected.member;
            select! {
                outgoing = member.outbox.next() => match outgoing {
                    Outgoing::Frames(frames) => self.write(frames).await?,
                    Outgoing::Close(close) => return Err(End::Close(close)),
                },
                incoming = self.socket.next() => {
                    heard = Instant::now();
                    self.receive(incoming)?;
                }
                _ = pings.tick() => {
                    if heard.elapsed() > period * SILENT_INTERVALS {
                        return Err(End::Close(Close::SILENT));
                    }
                    self.ping().await?;
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

    /// Writes what was queued. A client that does not read is given up, at the latest when its queue overflows.
    async fn write(&mut self, frames: VecDeque<Frame>) -> Result<(), End> {
        for frame in frames {
            let written = timeout(self.limits.write_timeout, self.socket.write(frame));
            select! {
                written = written => done(written)?,
                () = self.connected.member.outbox.overflowed() => return Err(End::Close(Close::SLOW)),
            }
        }
        let flushed = timeout(self.limits.write_timeout, self.socket.flush());
        select! {
            flushed = flushed => done(flushed),
            () = self.connected.member.outbox.overflowed() => Err(End::Close(Close::SLOW)),
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        done(timeout(self.limits.write_timeout, self.socket.ping()).await)
    }
}

/// A client that took too long, or is gone, is dropped.
fn done<E>(written: Result<Result<(), E>, Elapsed>) -> Result<(), End> {
    written.map_err(|_| End::Drop)?.map_err(|_| End::Drop)
}
