use std::sync::Arc;

use webpubsub::WebPubSubClient;
use webpubsub_bench::Outcome;

use crate::{
    connection::{Connection, Receiver},
    message::Stream,
    positions::Positions,
    run::{Run, group},
};

/// A client that is connected throughout, in one group, and takes all it gets.
pub(crate) struct Reader {
    run: Arc<Run>,
    pub(crate) group: usize,
    pub(crate) client: Option<WebPubSubClient>,
    receiver: Receiver,
}

impl Reader {
    /// Connects and joins.
    pub(crate) async fn connect(run: Arc<Run>, index: usize) -> Outcome<Self> {
        let groups = run.options.groups;
        // So that each group has members of every kind.
        let (member, of) = (index / groups, index % groups);
        let Connection { receiver, client } = Connection::open(&run, member + of, of).await?;
        if let Some(client) = &client {
            client.join_group(group(of)).await?;
        }
        Ok(Self {
            run,
            group: of,
            client,
            receiver,
        })
    }

    /// Reads to the end; gives the group, and how far it came.
    pub(crate) async fn read(self) -> Outcome<(usize, Positions)> {
        let Self {
            run,
            group,
            mut receiver,
            ..
        } = self;
        let mut positions = Positions::from_start();
        loop {
            let message = receiver.next(&run.counts.recoveries).await?;
            run.counts.received.one_more();
            if message.stream == Stream::End {
                return Ok((group, positions));
            }
            positions.take(message, group)?;
            if message.stream == Stream::Broadcast {
                run.arrivals.add_permits(1);
            }
        }
    }
}
