//! Frames as they are on the wire (RFC 6455, section 5.2): those of a server are whole and not masked.

use std::{fmt, str, sync::Arc};

use bytes::{BufMut as _, Bytes, BytesMut};
use webpubsub_protocol::frame::{Data, Encoded};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The most bytes before a payload.
const MAX_HEAD_BYTES: usize = 10;

/// A data frame for clients. It is encoded once, however many clients share it and however long it waits for them.
#[derive(Clone)]
pub(crate) struct Frame(Arc<Content>);

struct Content {
    bytes: Bytes,
    /// How many of them come before the payload.
    head: usize,
    is_text: bool,
}

impl Frame {
    pub(crate) fn text(text: &str) -> Self {
        Self::new(Data::Text(text))
    }

    pub(crate) fn binary(bytes: &Bytes) -> Self {
        Self::new(Data::Binary(bytes))
    }

    fn new(data: Data<'_>) -> Self {
        let bytes = encode_data(data);
        Self(Arc::new(Content {
            head: bytes.len() - data.len(),
            bytes,
            is_text: matches!(data, Data::Text(_)),
        }))
    }

    /// How long its payload is.
    pub(crate) fn len(&self) -> usize {
        self.0.bytes.len() - self.0.head
    }

    /// What is to be written.
    pub(crate) fn bytes(&self) -> Bytes {
        self.0.bytes.clone()
    }

    /// What is to be written when the message has this number.
    pub(crate) fn numbered(&self, sequence_id: u64) -> Bytes {
        let payload = self.0.bytes.slice(self.0.head..);
        let data = if self.0.is_text {
            Data::Text(str::from_utf8(&payload).unwrap_or_default())
        } else {
            Data::Binary(&payload)
        };
        encode_data(data.with_sequence_id(sequence_id).as_data())
    }
}

impl From<Encoded> for Frame {
    fn from(encoded: Encoded) -> Self {
        Self::new(encoded.as_data())
    }
}

// Payloads and tokens are inside: only the size is printed.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({} bytes)", self.len())
    }
}

pub(crate) fn ping() -> Bytes {
    encode(PING, &[])
}

/// The answer to a ping that brought this.
pub(super) fn pong(payload: &[u8]) -> Bytes {
    encode(PONG, payload)
}

pub(super) fn close(code: u16, reason: &str) -> Bytes {
    encode(CLOSE, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

/// The answer to a close frame without a code.
pub(super) fn bare_close() -> Bytes {
    encode(CLOSE, &[])
}

fn encode_data(data: Data<'_>) -> Bytes {
    match data {
        Data::Text(text) => encode(TEXT, text.as_bytes()),
        Data::Binary(bytes) => encode(BINARY, bytes),
    }
}

fn encode(opcode: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(MAX_HEAD_BYTES + payload.len());
    let is_last = 0x80;
    frame.put_u8(is_last | opcode);
    match payload.len() {
        length @ ..=125 => frame.put_uint(length as u64, 1),
        length @ ..=0xffff => {
            frame.put_u8(126);
            frame.put_uint(length as u64, 2);
        }
        length => {
            frame.put_u8(127);
            frame.put_u64(length as u64);
        }
    }
    frame.put_slice(payload);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame as LibraryFrame,
        coding::{Data as DataKind, OpCode},
    };

    use super::*;

    #[test]
    fn frames_are_those_of_the_library() {
        for length in [0, 1, 125, 126, 127, 0xffff, 0x1_0000, 1_000_000] {
            let payload = "x".repeat(length);
            let opcode = OpCode::Data(DataKind::Text);
            let expected = LibraryFrame::message(payload.clone(), opcode, true);
            let mut bytes = Vec::new();
            expected.format(&mut bytes).unwrap();
            let frame = Frame::text(&payload);
            assert!(frame.bytes() == bytes, "{length}");
            assert_eq!(frame.len(), length);
        }
        assert_eq!(ping(), [0x89, 0].as_slice());
        assert_eq!(pong(b"a"), [0x8a, 1, b'a'].as_slice());
        assert_eq!(close(1000, "b"), [0x88, 3, 3, 232, b'b'].as_slice());
        assert_eq!(bare_close(), [0x88, 0].as_slice());
    }

    #[test]
    fn a_number_goes_into_the_payload() {
        let frame = Frame::text(r#"{"type":"message"}"#);
        let numbered = Frame::text(r#"{"sequenceId":7,"type":"message"}"#);
        assert_eq!(frame.numbered(7), numbered.bytes());
    }
}
