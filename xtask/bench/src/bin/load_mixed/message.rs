use serde::{Deserialize, Serialize};
use webpubsub::Message;
use webpubsub_bench::Outcome;

/// What messages are numbered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stream {
    /// From the service client to all.
    Broadcast,
    /// From the client that sends to this group.
    Client(usize),
    /// From the service client to this group.
    Service(usize),
    /// To all: nothing comes after this.
    End,
}

/// What a message says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Numbered {
    pub(crate) stream: Stream,
    /// From 1.
    pub(crate) number: u64,
}

impl Numbered {
    /// In one data type after the other.
    pub(crate) fn to_message(self) -> Outcome<Message> {
        let json = Message::json(&self)?;
        Ok(match self.number % 3 {
            0 => Message::text(String::from_utf8(json.bytes().to_vec())?),
            1 => json,
            _ => Message::binary(json.bytes().clone()),
        })
    }

    /// From a payload of whatever type.
    pub(crate) fn read(payload: &[u8]) -> Outcome<Self> {
        Ok(serde_json::from_slice(payload)?)
    }
}
