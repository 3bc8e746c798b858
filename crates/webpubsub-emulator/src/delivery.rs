use std::{cell::RefCell, time::Duration};

use webpubsub_protocol::{
    DataType, Message,
    frame::{Format, ServiceFrame},
    operation::MessageTtl,
};

use crate::{member::Member, socket::Frame};

/// A message on its way to many clients: written at most once in each format, however many there are.
pub(crate) struct Delivery {
    frame: ServiceFrame,
    message: Message,
    /// What was written so far, for clients of a format, and bare for plain ones.
    written: RefCell<Vec<(Option<Format>, Frame)>>,
    /// How long it may wait.
    ttl: Option<Duration>,
}

impl Delivery {
    /// `message` as clients of a subprotocol see it within `frame`, and as plain clients see it bare. It never expires
    /// without a time to live, or with one of 0.
    pub(crate) fn new(
        message: Message,
        ttl: Option<MessageTtl>,
        frame: impl FnOnce(Message) -> ServiceFrame,
    ) -> Self {
        let ttl = ttl.map(MessageTtl::as_duration);
        Self {
            frame: frame(message.clone()),
            message,
            written: RefCell::default(),
            ttl: ttl.filter(|ttl| !ttl.is_zero()),
        }
    }

    /// Puts it into a client's queue, which is to be flushed then.
    pub(crate) fn give(&self, member: &Member) {
        let frame = self.frame_for(member.kind.format());
        member.outbox.push_message(frame, self.ttl);
    }

    fn frame_for(&self, format: Option<Format>) -> Frame {
        let mut written = self.written.borrow_mut();
        let known = written.iter().find(|(known, _)| *known == format);
        if let Some((_, frame)) = known {
            return frame.clone();
        }
        let frame = match format {
            None => plain(&self.message),
            Some(format) => Frame::from(format.encode_service(&self.frame)),
        };
        written.push((format, frame.clone()));
        frame
    }
}

fn plain(message: &Message) -> Frame {
    match (message.data_type(), message.as_text()) {
        (DataType::Binary | DataType::Protobuf, _) | (_, None) => Frame::binary(message.bytes()),
        (_, Some(text)) => Frame::text(text),
    }
}
