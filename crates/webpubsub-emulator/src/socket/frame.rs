//! Frames as they are on the wire (RFC 6455, section 5.2): those of a server are whole and not masked.

use std::{fmt, str, sync::Arc};

use bytes::{BufMut as _, Bytes};
use webpubsub_protocol::frame::{Data, Encoded};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

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
        let Content {
            bytes,
            head,
            is_text,
        } = &*self.0;
        let numbered = if *is_text {
            let text = str::from_utf8(&bytes[*head..]).unwrap_or_default();
            Data::Text(text).with_sequence_id(sequence_id)
        } else {
            Data::Binary(&bytes.slice(*head..)).with_sequence_id(sequence_id)
        };
        encode_data(numbered.as_data())
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
    let is_last = 0x80;
    // The length in as few bytes as hold it, behind a mark of how many there are.
    let length = payload.len() as u64;
    let (mark, length_bytes) = match length {
        ..=125 => (length, 0),
        126..=0xffff => (126, 2),
        _ => (127, 8),
    };
    // Of the exact size, which saves `Bytes` an allocation.
    let mut frame = Vec::with_capacity(2 + length_bytes + payload.len());
    frame.put_u8(is_last | opcode);
    frame.put_uint(mark, 1);
    frame.put_uint(length, length_bytes);
    frame.put_slice(payload);
    frame.into()
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
