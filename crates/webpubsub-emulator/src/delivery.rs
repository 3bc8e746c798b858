use std::cell::OnceCell;

use webpubsub_protocol::{
    DataType, Message,
    frame::{ServiceFrame, json::encode_service},
};

use crate::{client_kind::ClientKind, socket::Frame};

/// A message on its way to many clients: written at most once for each kind of client, however many there are.
pub(crate) struct Delivery {
    frame: ServiceFrame,
    message: Message,
    json: OnceCell<Frame>,
    plain: OnceCell<Frame>,
}

impl Delivery {
    /// `message` as JSON clients see it within `frame`, and as plain clients see it bare.
    pub(crate) fn new(message: Message, frame: impl FnOnce(Message) -> ServiceFrame) -> Self {
        Self {
            frame: frame(message.clone()),
            message,
            json: OnceCell::new(),
            plain: OnceCell::new(),
        }
    }

    pub(crate) fn frame_for(&self, kind: ClientKind) -> Frame {
        let frame = match kind {
            ClientKind::Json => self
                .json
                .get_or_init(|| Frame::text(encode_service(&self.frame))),
            ClientKind::Plain => self.plain.get_or_init(|| plain(&self.message)),
        };
        frame.clone()
    }
}

fn plain(message: &Message) -> Frame {
    match (message.data_type(), message.as_text()) {
        (DataType::Binary, _) | (_, None) => Frame::binary(message.bytes().clone()),
        (_, Some(text)) => Frame::text(text.to_owned()),
    }
}
