use std::time::Duration;

use webpubsub::{
    ClientAccessToken, WebPubSubClient,
    client::{ClientOptions, Event, Events, Subprotocol},
};
use webpubsub_bench::Outcome;

use crate::{
    message::Numbered,
    plain::Plain,
    run::{Count, Run, group},
};

/// How long anything may take that is not a matter of rates; longer on a busy machine than anyone would believe.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A connected client, and what it receives.
pub(crate) struct Connection {
    pub(crate) receiver: Receiver,
    /// Where it has a subprotocol.
    pub(crate) client: Option<WebPubSubClient>,
}

/// What a client receives.
pub(crate) enum Receiver {
    Events(Events),
    Plain(Box<Plain>),
}

impl Connection {
    /// A client of one of the five kinds. A plain one is a member of the group; another may join it.
    pub(crate) async fn open(run: &Run, kind: usize, of: usize) -> Outcome<Self> {
        let _permit = run.connecting.acquire().await?;
        match Subprotocol::ALL.get(kind % (Subprotocol::ALL.len() + 1)) {
            Some(&subprotocol) => Self::with_subprotocol(run, subprotocol).await,
            None => Self::plain(run, of).await,
        }
    }

    async fn with_subprotocol(run: &Run, subprotocol: Subprotocol) -> Outcome<Self> {
        let token =
            ClientAccessToken::new().roles(["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]);
        let url = run.service.client_access_url(token).await?;
        let mut options = ClientOptions::default();
        options.subprotocol = subprotocol;
        options.connect_timeout = PATIENCE;
        options.ack_timeout = PATIENCE;
        // One that is lost is to be seen, not replaced.
        options.auto_reconnect = false;
        let (client, events) = WebPubSubClient::builder(url).options(options).build()?;
        client.start().await?;
        Ok(Self {
            receiver: Receiver::Events(events),
            client: Some(client),
        })
    }

    async fn plain(run: &Run, of: usize) -> Outcome<Self> {
        let token = ClientAccessToken::new().group(group(of));
        let url = run.service.client_access_url(token).await?;
        Ok(Self {
            receiver: Receiver::Plain(Box::new(Plain::connect(&url).await?)),
            client: None,
        })
    }
}

impl Receiver {
    /// The next message; an error if the connection ends. Nothing is lost when the wait is dropped.
    pub(crate) async fn next(&mut self, recoveries: &Count) -> Outcome<Numbered> {
        let events = match self {
            Self::Plain(plain) => return plain.next().await,
            Self::Events(events) => events,
        };
        loop {
            match events.next().await {
                Some(Event::ServerMessage(message)) => {
                    return Numbered::read(message.message.bytes());
                }
                Some(Event::GroupMessage(message)) => {
                    return Numbered::read(message.message.bytes());
                }
                Some(Event::Recovered(_)) => recoveries.one_more(),
                Some(Event::Connected(_) | Event::Recovering(_)) => {}
                Some(Event::Disconnected(end)) => {
                    return Err(format!("a client was disconnected: {}", end.closed).into());
                }
                other => return Err(format!("nothing else is to happen: {other:?}").into()),
            }
        }
    }
}
