use std::cell::OnceCell;

use tokio::time::Instant;
use webpubsub_protocol::{
    DataType, Message,
    frame::{Format, ServiceFrame},
    operation::MessageTtl,
};

use crate::{client_kind::ClientKind, member::Member, socket::Frame};

/// A message on its way to many clients: written at most once for each kind of client, however many there are.
pub(crate) struct Delivery {
    frame: ServiceFrame,
    message: Message,
    json: OnceCell<Frame>,
    plain: OnceCell<Frame>,
    /// From when on nobody gets it any more.
    expires: Option<Instant>,
}

impl Delivery {
    /// `message` as JSON clients see it within `frame`, and as plain clients see it bare. It never expires without a time
    /// to live, or with one of 0.
    pub(crate) fn new(
        message: Message,
        ttl: Option<MessageTtl>,
        frame: impl FnOnce(Message) -> ServiceFrame,
    ) -> Self {
        let ttl = ttl.map(MessageTtl::as_duration);
        Self {
            expires: ttl
                .filter(|ttl| !ttl.is_zero())
                .map(|ttl| Instant::now() + ttl),
            frame: frame(message.clone()),
            message,
            json: OnceCell::new(),
            plain: OnceCell::new(),
        }
    }

    /// Puts it into a client's queue.
    pub(crate) fn give(&self, member: &Member) {
        member
            .outbox
            .push(self.frame_for(member.kind), self.expires);
    }

    fn frame_for(&self, kind: ClientKind) -> Frame {
        let frame = match kind {
            ClientKind::Json => self
                .json
                .get_or_init(|| Format::Json.encode_service(&self.frame).into()),
            ClientKind::Plain => self.plain.get_or_init(|| plain(&self.message)),
        };
        frame.clone()
    }
}

fn plain(message: &Message) -> Frame {
    match (message.data_type(), message.as_text()) {
        (DataType::Binary | DataType::Protobuf, _) | (_, None) => {
            Frame::binary(message.bytes().clone())
        }
        (_, Some(text)) => Frame::text(text.to_owned()),
    }
}
