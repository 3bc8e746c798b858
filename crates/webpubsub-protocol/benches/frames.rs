//! What the frames of the WebSocket subprotocols cost, with 200 bytes of text in them.

use divan::Bencher;
use webpubsub_protocol::{
    GroupName, Message, UserId,
    frame::{ClientFrame, Format, ServiceFrame},
};

const FORMATS: [Format; 2] = [Format::Json, Format::Protobuf];

fn main() {
    divan::main();
}

#[divan::bench(args = FORMATS)]
fn encode_client(bencher: Bencher<'_, '_>, format: Format) {
    let frame = send_to_group();
    bencher.bench(|| format.encode_client(&frame));
}

#[divan::bench(args = FORMATS)]
fn decode_client(bencher: Bencher<'_, '_>, format: Format) {
    let encoded = format.encode_client(&send_to_group());
    bencher.bench(|| format.decode_client(encoded.as_data()).unwrap());
}

#[divan::bench(args = FORMATS)]
fn encode_service(bencher: Bencher<'_, '_>, format: Format) {
    let frame = group_message();
    bencher.bench(|| format.encode_service(&frame));
}

#[divan::bench(args = FORMATS)]
fn number_service(bencher: Bencher<'_, '_>, format: Format) {
    let encoded = format.encode_service(&group_message());
    bencher.bench(|| encoded.with_sequence_id(1_000));
}

#[divan::bench(args = FORMATS)]
fn decode_service(bencher: Bencher<'_, '_>, format: Format) {
    let encoded = format.encode_service(&group_message());
    let numbered = encoded.with_sequence_id(1_000);
    bencher.bench(|| format.decode_service(numbered.as_data()).unwrap());
}

fn send_to_group() -> ClientFrame {
    ClientFrame::SendToGroup {
        group: group(),
        message: message(),
        no_echo: true,
        message_ttl: None,
        ack_id: Some(1_000),
    }
}

fn group_message() -> ServiceFrame {
    ServiceFrame::GroupMessage {
        group: group(),
        message: message(),
        from_user_id: Some(UserId::new("user-0001").unwrap()),
    }
}

fn group() -> GroupName {
    GroupName::new("room-1").unwrap()
}

fn message() -> Message {
    Message::text("x".repeat(200))
}
