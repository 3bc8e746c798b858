//! The protobuf subprotocols. Field numbers are those of the service's `webpubsub.v1.proto`.

mod client;
mod content;
mod service;
mod wire;

pub(super) use self::{
    client::{decode as decode_client, encode as encode_client},
    service::{decode as decode_service, encode as encode_service, with_sequence_id},
};
