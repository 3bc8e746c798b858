use std::{convert::Infallible, pin::pin, sync::Arc};

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use tokio::{select, time::timeout};
use webpubsub_protocol::frame::ServiceFrame;

use super::Speaker;
use crate::{
    faults::{Fault, Moment},
    hubs::Connected,
    line::Order,
    outbox::Outgoing,
    shared::Shared,
    socket::{self, Close, Incoming, Pen, Socket},
};

/// How many pings in a row a client may leave unanswered.
const UNANSWERED_PINGS: u32 = 3;

/// One connection, from its first socket to the last.
pub(super) struct Session {
    shared: Arc<Shared>,
    connected: Connected,
    speaker: Speaker,
}

/// How serving a client on a socket ends.
enum End {
    /// The connection is over: with a goodbye.
    Close(Close),
    /// Without one: the client is gone, or does not read. A reliable one may come back.
    Lost,
    /// With a goodbye after which a reliable one may come back.
    Away(Close),
    /// The client has come back before it was missed: with this socket.
    Replaced(Box<Socket>),
}

impl End {
    fn by_order(order: Order) -> Self {
        match order {
            Order::Replace(socket) => Self::Replaced(socket),
            Order::Drop => Self::Lost,
            Order::Close(close) if close.is_final() => Self::Close(close),
            Order::Close(close) => Self::Away(close),
        }
    }
}

/// What there is to do.
enum Happening {
    /// Reading is paused, or goes on.
    Paused,
    Outgoing(Outgoing),
    Incoming(Incoming),
    /// It is time for a ping.
    Silence,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, connected: Connected, speaker: Speaker) -> Self {
        Self {
            shared,
            connected,
            speaker,
        }
    }

    /// Serves the client until it leaves for good, breaks a rule, falls behind, or is sent away.
    pub(super) async fn run(mut self, upgrade: OnUpgrade) {
        let patience = self.shared.limits.request_timeout;
        let Some(socket) = Socket::upgraded(upgrade, patience).await else {
            return;
        };
        let last = self.outlive(socket).await;
        // Boxed, as for most of its life a connection needs no room for its end.
        Box::pin(self.end(last)).await;
    }

    /// Leaves the hub, and says goodbye on the last socket and on those that came too late.
    async fn end(self, last: Option<(Box<Socket>, Close)>) {
        let Self {
            shared, connected, ..
        } = self;
        let late = connected.member.line.end();
        // Out of the hub first: what is sent from now on is not for this client.
        drop(connected);
        let late = late
            .into_iter()
            .map(|socket| (Box::new(socket), Close::NOT_RECOVERED));
        for (mut socket, close) in last.into_iter().chain(late) {
            socket.close(close, shared.limits.close_timeout).await;
        }
    }

    /// Serves the client on one socket after the other; gives the last one and what to say on it, if it is to hear a
    /// goodbye.
    async fn outlive(&mut self, mut socket: Box<Socket>) -> Option<(Box<Socket>, Close)> {
        let member = Arc::clone(&self.connected.member);
        loop {
            let end = select! {
                // Also in the middle of a write, which would wait for a client that is not there any more.
                biased;
                order = member.line.next() => End::by_order(order),
                Err(end) = self.serve(&mut socket) => end,
            };
            // What was written and not acknowledged is due again.
            member.outbox.rewind(&mut socket.pen);
            socket = match end {
                End::Close(close) => return Some((socket, close)),
                End::Replaced(newer) => newer,
                End::Away(close) => {
                    let patience = self.shared.limits.close_timeout;
                    socket.close(close, patience).await;
                    if !member.kind.is_reliable() {
                        return None;
                    }
                    drop(socket);
                    self.recovered().await?
                }
                End::Lost if socket.reader.has_left() || !member.kind.is_reliable() => return None,
                End::Lost => {
                    drop(socket);
                    self.recovered().await?
                }
            };
        }
    }

    /// Waits for the client to come back; `None` if it does not in time, or is to be closed.
    async fn recovered(&self) -> Option<Box<Socket>> {
        let Shared { clock, limits, .. } = &*self.shared;
        let member = &self.connected.member;
        select! {
            socket = member.line.recovered() => Some(socket),
            () = member.outbox.closed() => None,
            () = clock.sleep(limits.recovery_window) => None,
        }
    }

    async fn serve(&mut self, socket: &mut Socket) -> Result<Infallible, End> {
        let shared = Arc::clone(&self.shared);
        let member = Arc::clone(&self.connected.member);
        let ping = || shared.clock.sleep(shared.limits.ping_interval);
        let mut next_ping = pin!(ping());
        // Counted, not timed: after a pause of this whole process a client still has the time to answer.
        let mut unanswered = 0;
        let mut is_read = member.line.is_read();
        loop {
            let may_read = *is_read.borrow_and_update();
            let happening = async {
                select! {
                    outgoing = member.outbox.next(&mut socket.pen) => Happening::Outgoing(outgoing),
                    incoming = socket.reader.next(), if may_read => Happening::Incoming(incoming),
                    () = &mut next_ping => Happening::Silence,
                }
            };
            let happening = select! {
                // What is paused before a client sends is not read.
                biased;
                Ok(()) = is_read.changed() => Happening::Paused,
                happening = happening => happening,
            };
            match happening {
                Happening::Paused => {}
                Happening::Outgoing(Outgoing::Close(close)) => return Err(End::Close(close)),
                Happening::Outgoing(Outgoing::Rest) => self.finish(&mut socket.pen).await?,
                Happening::Outgoing(Outgoing::Frame(frame)) => {
                    self.write_message(&mut socket.pen, frame).await?;
                }
                Happening::Incoming(incoming) => {
                    unanswered = 0;
                    self.receive(&mut socket.pen, incoming).await?;
                }
                Happening::Silence if unanswered == UNANSWERED_PINGS => return Err(self.silent()),
                Happening::Silence => {
                    unanswered += 1;
                    self.write(&mut socket.pen, socket::ping()).await?;
                    next_ping.set(ping());
                }
            }
        }
    }

    /// A client that hears the goodbye of one that cannot recover would not try.
    fn silent(&self) -> End {
        if self.connected.member.kind.is_reliable() {
            End::Lost
        } else {
            End::Close(Close::SILENT)
        }
    }

    async fn receive(&mut self, pen: &mut Option<Pen>, incoming: Incoming) -> Result<(), End> {
        let connected = &self.connected;
        let received = match incoming {
            Incoming::Gone => return Err(End::Lost),
            Incoming::Pong => return Ok(()),
            Incoming::Ping(pong) => return self.write(pen, pong).await,
            Incoming::Goodbye(answer) => {
                self.write(pen, answer).await?;
                return Err(End::Lost);
            }
            Incoming::Violation(close) => Err(close),
            Incoming::Data(_) if self.drops(Moment::AfterReading) => return Err(End::Lost),
            Incoming::Data(payload) => match &mut self.speaker {
                Speaker::Plain(client) => client.receive(connected, payload).map(|()| None),
                Speaker::Subprotocol(client) => client.receive(connected, &payload),
            },
        };
        let ack = received.map_err(End::Close)?;
        if self.drops(Moment::AfterExecuting) {
            return Err(End::Lost);
        }
        if let Some(ack) = ack {
            self.acknowledge(ack).await;
        }
        Ok(())
    }

    async fn acknowledge(&self, ack: ServiceFrame) {
        let member = &self.connected.member;
        let shared = &self.shared;
        let delay = |fault: &Fault| match *fault {
            Fault::LoseAck => Some(None),
            Fault::DelayAck(delay) => Some(Some(delay)),
            _ => None,
        };
        match shared.faults.pick(member.as_target(), delay) {
            None => member.send_frame(&ack),
            Some(None) => {}
            Some(Some(delay)) => {
                let room = shared.faults.delay().await;
                let (member, clock) = (Arc::clone(member), shared.clock.clone());
                let stopping = shared.tasks.stopping.clone();
                shared.tasks.spawn(async move {
                    stopping.run_until_cancelled(clock.sleep(delay)).await;
                    member.send_frame(&ack);
                    drop(room);
                });
            }
        }
    }

    fn drops(&self, moment: Moment) -> bool {
        self.shared.faults.drops(&self.connected.member, moment)
    }

    /// Writes a data frame.
    async fn write_message(&self, pen: &mut Option<Pen>, frame: Bytes) -> Result<(), End> {
        if self.drops(Moment::BeforeWriting) {
            return Err(End::Lost);
        }
        self.write(pen, frame).await?;
        if self.drops(Moment::AfterWriting) {
            return Err(End::Lost);
        }
        Ok(())
    }

    async fn finish(&self, pen: &mut Option<Pen>) -> Result<(), End> {
        self.write(pen, Bytes::new()).await
    }

    /// Writes a frame. A client that does not read is given up, at the latest when its queue overflows.
    async fn write(&self, pen: &mut Option<Pen>, frame: Bytes) -> Result<(), End> {
        let outbox = &self.connected.member.outbox;
        outbox.give_back(pen);
        let pen = pen.as_mut().ok_or(End::Lost)?;
        select! {
            written = timeout(self.shared.limits.write_timeout, pen.write(frame)) => match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(End::Lost),
            },
            // When it was to be closed, and did not read what comes before the goodbye, it hears none.
            close = outbox.given_up() => Err(close.map_or(End::Lost, End::Close)),
        }
    }
}
