//! Tags, varints and lengths: as much of the Protocol Buffers encoding as the frames need.

use bytes::{Buf as _, Bytes};

use crate::Error;

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FIXED32: u64 = 5;

/// Writes one message.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn finish(self) -> Bytes {
        self.0.into()
    }

    pub(super) fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3 | VARINT);
        self.varint(value);
    }

    pub(super) fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | LENGTH_DELIMITED);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    /// Fields that were written before.
    pub(super) fn raw(&mut self, fields: &[u8]) {
        self.0.extend_from_slice(fields);
    }

    pub(super) fn text(&mut self, field: u64, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    pub(super) fn message(&mut self, field: u64, write: impl FnOnce(&mut Self)) {
        self.varint(field << 3 | LENGTH_DELIMITED);
        let start = self.0.len();
        write(self);
        let mut length = Self::default();
        length.varint((self.0.len() - start) as u64);
        self.0.splice(start..start, length.0);
    }

    fn varint(&mut self, mut value: u64) {
        loop {
            let [byte, ..] = value.to_le_bytes();
            value >>= 7;
            if value == 0 && byte < 0x80 {
                return self.0.push(byte);
            }
            self.0.push(byte | 0x80);
        }
    }
}

/// The value of a field; what it means is up to its number.
pub(super) enum Value {
    Number(u64),
    Bytes(Bytes),
    /// Of a type that no frame has.
    Other,
}

/// Reads the fields of a message, in the order they stand; what `read` does not know it skips.
pub(super) fn fields(
    message: &Bytes,
    mut read: impl FnMut(u64, Value) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut rest = message.clone();
    while rest.has_remaining() {
        let tag = varint(&mut rest)?;
        let value = match tag & 7 {
            VARINT => Value::Number(varint(&mut rest)?),
            LENGTH_DELIMITED => {
                let length = varint(&mut rest)?;
                Value::Bytes(take(&mut rest, length)?)
            }
            FIXED64 => take(&mut rest, 8).map(|_| Value::Other)?,
            FIXED32 => take(&mut rest, 4).map(|_| Value::Other)?,
            _ => return Err(Error::frame("a field is of no type of proto3")),
        };
        read(tag >> 3, value)?;
    }
    Ok(())
}

pub(super) fn text(bytes: &Bytes) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| Error::frame("a text is not UTF-8"))
}

fn take(rest: &mut Bytes, length: u64) -> Result<Bytes, Error> {
    match usize::try_from(length) {
        Ok(length) if length <= rest.len() => Ok(rest.split_to(length)),
        _ => Err(Error::frame("a field is cut short")),
    }
}

fn varint(rest: &mut Bytes) -> Result<u64, Error> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = rest
            .try_get_u8()
            .map_err(|_| Error::frame("a number is cut short"))?;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        value |= bits << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Error::frame("a number has more than 64 bits"))
}
