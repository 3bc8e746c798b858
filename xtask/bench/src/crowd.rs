//! Many WebSocket connections in one thread, which cost as little as can be: they count frames by their lengths.

mod client;
mod frames;

use std::{
    io,
    net::SocketAddr,
    str::FromStr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token};
use webpubsub_protocol::frame::Subprotocol;

use self::client::Client;

/// How long a round of messages, or the next connection, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the clients speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "for programs of this crate")]
pub enum Kind {
    /// No subprotocol.
    Plain,
    /// JSON.
    Json,
    /// Reliable JSON, with acknowledgements.
    Reliable,
    /// No subprotocol, and yet the acknowledgements of a reliable one: for a server that only writes, what they cost.
    Acknowledging,
}

impl FromStr for Kind {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "plain" => Ok(Self::Plain),
            "json" => Ok(Self::Json),
            "reliable" => Ok(Self::Reliable),
            "acknowledging" => Ok(Self::Acknowledging),
            _ => Err("a kind is plain, json, reliable or acknowledging"),
        }
    }
}

impl Kind {
    fn subprotocol(self) -> Option<Subprotocol> {
        match self {
            Self::Plain | Self::Acknowledging => None,
            Self::Json => Some(Subprotocol::Json),
            Self::Reliable => Some(Subprotocol::JsonReliable),
        }
    }

    /// How many frames come before the messages: the service greets who speaks a subprotocol.
    fn greetings(self) -> usize {
        usize::from(self.subprotocol().is_some())
    }

    fn acknowledges(self) -> bool {
        matches!(self, Self::Reliable | Self::Acknowledging)
    }
}

/// The connections.
#[derive(Debug)]
pub struct Crowd {
    poll: Poll,
    events: Events,
    clients: Vec<Client>,
    buffer: Vec<u8>,
}

impl Crowd {
    /// Opens so many connections, so many of them at a time, each at the path that it is given by its number. Those of a
    /// subprotocol are open when they have been greeted.
    pub fn open(
        address: SocketAddr,
        kind: Kind,
        count: usize,
        at_a_time: usize,
        path: impl Fn(usize) -> String,
    ) -> io::Result<Self> {
        let mut crowd = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            clients: Vec::with_capacity(count),
            buffer: vec![0; 64 * 1024],
        };
        let mut open = 0;
        while open < count {
            while crowd.clients.len() < count.min(open + at_a_time) {
                let number = crowd.clients.len();
                let mut client = Client::connect(address, kind, number, &path(number))?;
                let registry = crowd.poll.registry();
                registry.register(&mut client.stream, Token(number), Interest::READABLE)?;
                crowd.clients.push(client);
            }
            crowd.poll.poll(&mut crowd.events, Some(PATIENCE))?;
            if crowd.events.is_empty() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let mut opened = 0;
            crowd.turn(|client, before| {
                opened += usize::from(!before.is_open && client.is_open());
            })?;
            open += opened;
        }
        Ok(crowd)
    }

    /// Waits until so many messages have arrived that were not counted yet; adds how long each took since `start`.
    ///
    /// It never sleeps meanwhile: whoever sends would pay for waking it, and the more often the slower it is.
    pub fn receive(
        &mut self,
        messages: usize,
        start: Instant,
        times: &mut Vec<Duration>,
    ) -> io::Result<()> {
        let mut missing = messages;
        while missing > 0 {
            let mut arrived = 0;
            self.poll.poll(&mut self.events, Some(Duration::ZERO))?;
            self.turn(|client, before| {
                arrived += client.messages() - before.messages;
            })?;
            let took = start.elapsed();
            if took > PATIENCE {
                return Err(io::ErrorKind::TimedOut.into());
            }
            times.extend(std::iter::repeat_n(took, arrived));
            missing = missing
                .checked_sub(arrived)
                .ok_or_else(|| io::Error::other("more messages arrived than were sent"))?;
        }
        Ok(())
    }

    /// Reads once from every connection that has something.
    fn turn(&mut self, mut note: impl FnMut(&Client, client::Seen)) -> io::Result<()> {
        for event in &self.events {
            let client = &mut self.clients[event.token().0];
            let before = client.seen();
            client.read(&mut self.buffer)?;
            note(client, before);
        }
        Ok(())
    }
}
