//! What it costs to write an operation's request, and to read it back.

use std::time::Duration;

use bytes::Bytes;
use divan::Bencher;
use http::Request;
use webpubsub_protocol::{
    ConnectionId, GroupName, HubName, Message, Target,
    filter::user_id,
    operation::{Operation, RequestReader, SendToGroup},
};

fn main() {
    divan::main();
}

#[divan::bench]
fn write(bencher: Bencher<'_, '_>) {
    let (target, send) = (target(), send_to_group());
    bencher.bench(|| send.to_request(&target).unwrap());
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let request = send_to_group().to_request(&target()).unwrap();
    bencher.bench(|| read_from(&request));
}

fn target() -> Target {
    let endpoint = "https://contoso.webpubsub.azure.com".parse().unwrap();
    Target::new(endpoint, HubName::new("chat").unwrap())
}

fn send_to_group() -> SendToGroup {
    let group = GroupName::new("room-1").unwrap();
    let mut send = SendToGroup::new(group, Message::text("x".repeat(200)));
    send.excluded = vec![ConnectionId::new("a-connection-id").unwrap()];
    send.filter = Some(user_id().ne("al'ice"));
    send.message_ttl = Some(Duration::from_secs(60).try_into().unwrap());
    send
}

fn read_from(request: &Request<Bytes>) -> SendToGroup {
    let uri = request.uri();
    let segments = SendToGroup::TEMPLATE.matches(uri.path()).unwrap();
    let reader = RequestReader::new(segments, uri.query(), request.headers(), request.body());
    SendToGroup::read(&reader.unwrap()).unwrap()
}
