use std::time::Duration;

use futures_util::SinkExt as _;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::{MaybeTlsStream, tungstenite::Message};
use webpubsub_emulator::Limits;
use webpubsub_protocol::MAX_MESSAGE_BYTES;

use crate::support::{Client, PATIENCE, Service, member, soon, user};

/// Writes bytes past the WebSocket library.
async fn write_raw(client: &mut Client, bytes: &[u8]) {
    let MaybeTlsStream::Plain(stream) = client.socket.get_mut() else {
        unreachable!("no TLS here")
    };
    stream.write_all(bytes).await.unwrap();
}

/// A masked frame's head with the mask 0, which leaves the payload as it is.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn a_message_beyond_the_limit_closes_the_connection() {
    let service = Service::start().await;
    let mut other = service.json(user("other")).await;
    let mut client = service.json(member("ann").group("g")).await;
    let envelope = json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": "" })
        .to_string()
        .len();
    for (size, is_taken) in [(MAX_MESSAGE_BYTES, true), (MAX_MESSAGE_BYTES + 1, false)] {
        let data = "x".repeat(size - envelope);
        client
            .send_json(
                json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": data }),
            )
            .await;
        if is_taken {
            assert_eq!(client.next_json().await["data"], data);
        }
    }
    assert_eq!(
        client.closed().await,
        (1009, "The client message is too large.".to_owned())
    );
    other.is_served().await;
}

#[tokio::test]
async fn garbage_closes_the_connection_with_the_code_that_names_it() {
    let service = Service::start().await;
    let mut other = service.json(user("other")).await;
    let cases: [(&str, Vec<u8>, u16); 6] = [
        ("not masked", vec![0x81, 1, b'x'], 1002),
        ("reserved opcode", frame(0x83, b"x"), 1002),
        ("reserved bit", frame(0xc1, b"x"), 1002),
        ("fragmented ping", frame(0x09, b"x"), 1002),
        ("continuation of nothing", frame(0x80, b"x"), 1002),
        ("not UTF-8", frame(0x81, &[0xff, 0xfe]), 1007),
    ];
    for (what, bytes, code) in cases {
        let mut client = service.json(user("ann")).await;
        write_raw(&mut client, &bytes).await;
        assert_eq!(client.closed().await.0, code, "{what}");
        other.is_served().await;
    }
    let mut client = service.json(user("ann")).await;
    // Announces a frame of 2^62 bytes.
    write_raw(
        &mut client,
        &[0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    )
    .await;
    assert_eq!(client.closed().await.0, 1009);
    other.is_served().await;
}

#[tokio::test]
async fn a_client_that_stops_reading_is_closed_and_holds_up_nobody() {
    let mut limits = Limits::default();
    limits.queued_bytes = 4 * 1024 * 1024;
    // It reads its goodbye only when all is sent, which takes a busy machine a while.
    limits.close_timeout = PATIENCE;
    let service = Service::with(limits).await;
    let mut reader = service.json(user("reader")).await;
    let mut stuck = service.json(user("stuck")).await;
    let body = "x".repeat(256 * 1024);
    // Far more than its queue and all socket buffers hold.
    for n in 0..200 {
        service.post("/:send", "text/plain", body.as_bytes()).await;
        assert_eq!(reader.next_json().await["data"], body, "message {n}");
    }
    assert_eq!(service.rest("HEAD", "/users/stuck").await.status, 404);
    // What was on its way still arrives, then the reason.
    let close = stuck.closed().await;
    assert_eq!(close, (1008, "The client reads too slowly.".to_owned()));
    reader.is_served().await;
}

#[tokio::test]
async fn a_message_that_waits_beyond_its_time_to_live_is_not_delivered() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_secs(3600);
    let service = Service::with(limits).await;
    let mut slow = service.json(user("slow").group("g")).await;
    // More than all socket buffers hold: what follows waits in the queue.
    let body = "x".repeat(1024 * 1024);
    for _ in 0..12 {
        service.post("/:send", "text/plain", body.as_bytes()).await;
    }
    let to_connection = format!("/connections/{}/:send", slow.id);
    for path in [
        "/:send",
        "/groups/g/:send",
        "/users/slow/:send",
        &to_connection,
    ] {
        for (ttl, text) in [(0, "kept"), (1, "expires"), (300, "kept")] {
            let path = format!("{path}?messageTtlSeconds={ttl}");
            service.post(&path, "text/plain", text.as_bytes()).await;
        }
    }
    // The emulator shares this test's clock.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
    for _ in 0..12 {
        assert_eq!(slow.next_json().await["data"], body);
    }
    for _ in 0..8 {
        assert_eq!(slow.next_json().await["data"], "kept");
    }
    slow.is_served().await;
}

#[tokio::test]
async fn a_queue_is_bound_in_bytes_too() {
    let mut limits = Limits::default();
    limits.queued_bytes = 1000;
    let service = Service::with(limits).await;
    let mut client = service.json(user("ann")).await;
    service
        .post("/:send", "text/plain", "x".repeat(2000).as_bytes())
        .await;
    assert_eq!(client.closed().await.0, 1008);
}

#[tokio::test]
async fn a_client_that_stops_reading_is_dropped_even_when_nothing_more_is_sent() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_millis(100);
    let service = Service::with(limits).await;
    let _stuck = service.json(user("stuck")).await;
    let body = "x".repeat(1024 * 1024);
    for _ in 0..12 {
        service.post("/:send", "text/plain", body.as_bytes()).await;
    }
    service.forgets("/users/stuck").await;
}

#[tokio::test]
async fn a_client_that_stops_reading_is_dropped_soon_when_it_is_to_be_closed() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_secs(3600);
    limits.close_timeout = Duration::from_millis(100);
    let service = Service::with(limits).await;
    let mut stuck = service.json(user("stuck")).await;
    let body = "x".repeat(1024 * 1024);
    for _ in 0..12 {
        service.post("/:send", "text/plain", body.as_bytes()).await;
    }
    let path = format!("/connections/{}", stuck.id);
    assert_eq!(service.rest("DELETE", &path).await.status, 204);
    // Writing fails once the connection is gone.
    soon(async {
        while stuck
            .socket
            .send(Message::Ping(Vec::new().into()))
            .await
            .is_ok()
        {}
    })
    .await;
}

#[tokio::test]
async fn a_silent_client_is_dropped_and_one_that_answers_pings_is_not() {
    let mut limits = Limits::default();
    limits.ping_interval = Duration::from_millis(50);
    let service = Service::with(limits).await;
    let mut alive = service.json(user("alive")).await;
    let mut silent = service.json(user("silent")).await;
    let mut pings = 0;
    // Reading is what answers pings; `silent` does not read for longer than it may be silent.
    while service.rest("HEAD", "/users/silent").await.status == 200 {
        if let Message::Ping(_) = futures_util::StreamExt::next(&mut alive.socket)
            .await
            .unwrap()
            .unwrap()
        {
            pings += 1;
        }
    }
    assert!(pings >= 3, "{pings}");
    assert_eq!(
        silent.closed().await,
        (1008, "The client did not answer pings.".to_owned())
    );
    assert_eq!(service.rest("HEAD", "/users/alive").await.status, 200);
}

#[tokio::test]
async fn a_flood_of_pings_from_a_client_that_does_not_read_ends_its_connection_only() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_millis(200);
    let service = Service::with(limits).await;
    let mut other = service.json(user("other")).await;
    let mut flood = service.json(member("flood").group("g")).await;
    let frame = json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": "x".repeat(100_000) }).to_string();
    // Each of its messages comes back to it, and it reads none.
    for _ in 0..500 {
        let sent = futures_util::SinkExt::send(&mut flood.socket, Message::text(frame.clone()));
        if !matches!(
            tokio::time::timeout(Duration::from_secs(1), sent).await,
            Ok(Ok(()))
        ) {
            break;
        }
    }
    service.forgets("/users/flood").await;
    other.is_served().await;
}

#[tokio::test]
async fn a_burst_is_not_taken_for_slowness() {
    const BURST: usize = 20_000;
    let service = Service::start().await;
    let mut reader = service.plain(user("reader").group("g")).await;
    let url = format!(
        "{}&webpubsub_mode=sendToGroup&group=g",
        service.client_url(member("sender"))
    );
    let mut sender = service.connect_to(&url, None).await.unwrap();
    for n in 0..BURST {
        soon(sender.socket.feed(Message::text(n.to_string())))
            .await
            .unwrap();
    }
    soon(sender.socket.flush()).await.unwrap();
    for n in 0..BURST {
        assert_eq!(reader.next().await.to_text().unwrap(), n.to_string());
    }
}

#[tokio::test]
async fn a_client_that_is_still_sending_sees_why_it_is_closed() {
    let service = Service::start().await;
    let mut client = service.json(member("ann")).await;
    let much = Message::text("x".repeat(20 * MAX_MESSAGE_BYTES));
    client.send(much).await;
    assert_eq!(
        client.closed().await,
        (1009, "The client message is too large.".to_owned())
    );
}

#[tokio::test]
async fn durations_beyond_their_range_are_taken_as_its_ends() {
    for duration in [Duration::ZERO, Duration::MAX] {
        let mut limits = Limits::default();
        limits.close_timeout = duration;
        if duration == Duration::MAX {
            limits.write_timeout = duration;
            limits.ping_interval = duration;
            limits.request_timeout = duration;
        }
        let service = Service::with(limits).await;
        let mut client = service.json(user("ann")).await;
        client.is_served().await;
        drop(client);
        soon(service.0.stop()).await;
    }
}
