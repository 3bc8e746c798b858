use bytes::Bytes;

use super::wire::{Value, Writer, fields, text};
use crate::{DataType, Error, Message, Metadata};

const TEXT_DATA: u64 = 1;
const BINARY_DATA: u64 = 2;
const PROTOBUF_DATA: u64 = 3;
const JSON_DATA: u64 = 4;

const KEY: u64 = 1;
const VALUE: u64 = 2;

/// A payload as `MessageData`.
pub(super) fn write(message: &Message, field: u64, writer: &mut Writer) {
    let data = match message.data_type() {
        DataType::Text => TEXT_DATA,
        DataType::Json => JSON_DATA,
        DataType::Binary => BINARY_DATA,
        DataType::Protobuf => PROTOBUF_DATA,
    };
    writer.message(field, |writer| writer.bytes(data, message.bytes()));
}

/// The payload of a `MessageData`; `None` is of a type that is not known.
pub(super) fn read(data: &Bytes) -> Result<Option<Message>, Error> {
    let mut message = None;
    fields(data, |field, value| {
        let Value::Bytes(bytes) = value else {
            return Ok(());
        };
        message = Some(match field {
            TEXT_DATA => Message::from_bytes(DataType::Text, bytes)?,
            BINARY_DATA => Message::binary(bytes),
            PROTOBUF_DATA => Message::protobuf(bytes),
            JSON_DATA => Message::from_bytes(DataType::Json, bytes)?,
            _ => return Ok(()),
        });
        Ok(())
    })?;
    Ok(message)
}

/// Metadata as a `map<string, string>`.
pub(super) fn write_metadata(metadata: &Metadata, field: u64, writer: &mut Writer) {
    for (key, value) in metadata.iter() {
        writer.message(field, |writer| {
            writer.text(KEY, key);
            writer.text(VALUE, value);
        });
    }
}

/// One entry of such a map.
pub(super) fn read_metadata(entry: &Bytes, metadata: &mut Metadata) -> Result<(), Error> {
    let (mut key, mut content) = (Bytes::new(), Bytes::new());
    fields(entry, |field, value| {
        match (field, value) {
            (KEY, Value::Bytes(bytes)) => key = bytes,
            (VALUE, Value::Bytes(bytes)) => content = bytes,
            _ => {}
        }
        Ok(())
    })?;
    metadata.insert(text(&key)?, text(&content)?);
    Ok(())
}
