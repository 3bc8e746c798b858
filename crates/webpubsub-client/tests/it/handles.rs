//! The thin layers on the stream of events, and what becomes of handles that are dropped.

use std::{sync::Mutex, time::Duration};

use futures_util::future;
use serde_json::json;
use tokio::runtime::Runtime;
use webpubsub_client::{
    ClientOptions, ConnectionState, ErrorKind, Event, Events, Handlers, Message, Subprotocol,
    WebPubSubClient,
};
use webpubsub_emulator::{Fault, Rule};
use webpubsub_protocol::frame::Format;

use crate::{
    scripted::Server,
    support::{
        PATIENCE, client_of, emulator, joined, member, next, next_text, soon, started, started_with,
    },
};

#[tokio::test]
async fn handlers_are_called_in_order_until_the_client_has_stopped() {
    let emulator = emulator().await;
    let (client, mut events) = client_of(&emulator, member("ann")).build().unwrap();
    let log = Mutex::new(Vec::new());
    let note = |line: String| log.lock().unwrap().push(line);
    let mut handlers = Handlers::new()
        .on_connected(|_| note("connected".to_owned()))
        .on_group_message(|message| note(message.message.as_text().unwrap().to_owned()))
        .on_disconnected(|end| note(format!("{:?}", end.closed.code)))
        .on_stopped(|_| note("stopped".to_owned()));
    let calls = async {
        client.start().await.unwrap();
        client.join_group("g").await.unwrap();
        for text in ["one", "two"] {
            client
                .send_to_group("g", Message::text(text))
                .await
                .unwrap();
        }
        // Behind the messages, which came before their acks.
        client.stop().await;
    };
    soon(async { tokio::join!(events.handle(&mut handlers), calls) }).await;
    drop(handlers);
    assert_eq!(
        log.into_inner().unwrap(),
        ["connected", "one", "two", "Some(1000)", "stopped"]
    );
}

#[tokio::test]
async fn the_state_can_be_watched() {
    let server = Server::start().await;
    let ((client, _events), peer) = started_with(&server, server.client()).await;
    let mut watch = client.watch_state();
    let connected = watch.get();
    assert_eq!(connected, client.state());
    assert_eq!(client.connection_id().unwrap().as_str(), "c1");
    drop(peer);
    let recovering = soon(watch.wait_for(|state| !state.is_connected()))
        .await
        .unwrap();
    assert!(matches!(recovering, ConnectionState::Recovering { .. }));
    assert_eq!(recovering.connection_id(), connected.connection_id());
    server.next().await.accept().await.close(1008).await;
    soon(watch.wait_for(|state| *state == ConnectionState::Reconnecting))
        .await
        .unwrap();
    let _peer = server.next_greeted("c2").await;
    soon(watch.wait_for(ConnectionState::is_connected))
        .await
        .unwrap();
    soon(client.stop()).await;
    assert_eq!(soon(watch.changed()).await, Some(ConnectionState::Stopped));
    drop(client);
    assert_eq!(soon(watch.changed()).await, None);
}

#[tokio::test]
async fn who_drops_the_events_still_sends() {
    let emulator = emulator().await;
    let (ann, events) = joined(&emulator, "ann", Subprotocol::default(), "g").await;
    let (_bob, mut bobs) = joined(&emulator, "bob", Subprotocol::default(), "g").await;
    drop(events);
    for number in 0..3_000 {
        let send = ann.send_to_group("g", Message::text(number.to_string()));
        soon(send.into_future()).await.unwrap();
        assert_eq!(next_text(&mut bobs).await, number.to_string());
    }
}

#[tokio::test]
async fn a_start_that_is_dropped_is_taken_back() {
    let server = Server::start().await;
    let (client, mut events) = server.client().build().unwrap();
    let mut start = Box::pin(client.start());
    let arrival = tokio::select! {
        arrival = server.next() => arrival,
        _ = &mut start => panic!("nobody has answered"),
    };
    drop(start);
    let mut peer = arrival.accept().await;
    peer.greet("c").await;
    assert_eq!(peer.next_if_there().await, None);
    while !matches!(next(&mut events).await, Event::Stopped(_)) {}
    assert_eq!(client.state(), ConnectionState::Stopped);
}

#[tokio::test]
async fn a_request_that_is_dropped_while_it_waits_is_not_sent() {
    let server = Server::start().await;
    let ((client, _events), peer) = started_with(&server, server.client()).await;
    drop(peer);
    let arrival = server.next().await;
    let dropped = client.send_to_group("g", Message::text("dropped"));
    let _ = tokio::time::timeout(Duration::from_millis(1), dropped.into_future()).await;
    let kept = client
        .send_to_group("g", Message::text("kept"))
        .into_future();
    let script = async {
        let mut peer = arrival.accept().await;
        peer.expect("ping").await;
        peer.send(json!({ "type": "pong" })).await;
        let frame = peer.next().await;
        assert_eq!(frame["data"], "kept");
        peer.ack(&frame["ackId"]).await;
    };
    let (sent, ()) = tokio::join!(soon(kept), script);
    sent.unwrap();
}

#[tokio::test]
async fn as_many_calls_are_pending_as_may_be_and_the_others_wait_for_their_turn() {
    let server = Server::start().await;
    let mut options = webpubsub_client::ClientOptions::default();
    options.max_pending = 2;
    let ((client, _events), mut peer) =
        started_with(&server, server.client().options(options)).await;
    let send = || client.send_to_group("g", Message::text("x")).into_future();
    let script = async {
        let (one, _two) = (peer.next().await, peer.next().await);
        peer.send(json!({ "type": "pong" })).await;
        peer.ack(&one["ackId"]).await;
        for _ in 0..2 {
            let next = peer.next().await;
            peer.ack(&next["ackId"]).await;
            peer.ack(&json!(2)).await;
        }
    };
    let (outcomes, ()) = tokio::join!(soon(future::join_all((0..4).map(|_| send()))), script);
    assert!(outcomes.iter().all(Result::is_ok));
}

#[test]
fn when_its_runtime_is_gone_a_client_fails_and_can_be_started_on_another() {
    let first = Runtime::new().unwrap();
    let emulator = first.block_on(emulator());
    let second = Runtime::new().unwrap();
    let (client, mut events) = second.block_on(started(client_of(&emulator, member("ann"))));
    let mut state = client.watch_state();
    drop(second);
    assert_eq!(
        first.block_on(soon(state.wait_for(|state| !state.is_connected()))),
        Some(ConnectionState::Stopped)
    );
    for event in ["Disconnected", "Stopped"] {
        let next = format!("{:?}", first.block_on(next(&mut events)));
        assert!(next.starts_with(event), "{next}");
    }
    assert!(first.block_on(soon(events.next())).is_none());
    let error = first
        .block_on(soon(client.join_group("g").into_future()))
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Stopped | ErrorKind::ConnectionLost),
        "{error}"
    );
    first.block_on(soon(client.start())).unwrap();
    first
        .block_on(soon(client.join_group("g").into_future()))
        .unwrap();
    assert!(matches!(
        first.block_on(next(&mut events)),
        Event::Connected(_)
    ));
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_its_place_to_others() {
    let server = Server::start().await;
    let mut options = ClientOptions::default();
    options.max_pending = 1;
    let ((client, _events), mut peer) =
        started_with(&server, server.client().options(options)).await;
    let unanswered = client.join_group("a").into_future();
    let frame = tokio::select! {
        frame = peer.next() => frame,
        _ = unanswered => panic!("nobody has answered"),
    };
    assert_eq!(frame["group"], "a");
    let script = async {
        let join = peer.next().await;
        assert_eq!(join["group"], "b");
        peer.ack(&join["ackId"]).await;
    };
    let (joined, ()) = tokio::join!(soon(client.join_group("b").into_future()), script);
    joined.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_started_has_a_connection() {
    let emulator = emulator().await;
    let (client, events) = client_of(&emulator, member("ann")).build().unwrap();
    drop(events);
    for _ in 0..200 {
        soon(client.start()).await.unwrap();
        assert!(client.connection_id().is_some());
        soon(client.stop()).await;
        assert!(client.connection_id().is_none());
    }
}

#[tokio::test]
async fn it_recovers_however_far_its_user_is_behind() {
    let emulator = emulator().await;
    let mut options = ClientOptions::default();
    options.event_capacity = 64;
    let builder = client_of(&emulator, member("ann").group("g")).options(options);
    let (client, mut events) = started(builder).await;
    let (bob, _bobs) = joined(&emulator, "bob", Subprotocol::default(), "other").await;
    let publish = |number: u32| bob.send_to_group("g", Message::json(&number).unwrap());
    emulator
        .faults()
        .add(Rule::next(1, Fault::LoseAck).for_user("ann"));
    // It waits for an answer, so it reads on, and takes no events.
    let waiting = tokio::spawn(
        client
            .send_to_group("other", Message::text("x"))
            .into_future(),
    );
    for number in 0..100 {
        soon(publish(number).into_future()).await.unwrap();
    }
    assert!(
        emulator
            .faults()
            .drop_connection(&client.connection_id().unwrap())
    );
    for number in 100..120 {
        soon(publish(number).into_future()).await.unwrap();
    }
    assert!(soon(waiting).await.unwrap().unwrap().is_duplicate);
    let mut expected = 0;
    while expected < 120 {
        match next(&mut events).await {
            Event::GroupMessage(message) => {
                assert_eq!(message.message.parse_json::<u32>().unwrap(), expected);
                expected += 1;
            }
            Event::Recovering(_) | Event::Recovered(_) => {}
            event => panic!("nothing else happens: {event:?}"),
        }
    }
}

#[tokio::test]
async fn what_the_service_would_not_take_is_not_sent() {
    let emulator = emulator().await;
    let mebibyte = 1024 * 1024;
    let quotes = || Message::text("\"".repeat(600 * 1024));
    for subprotocol in Subprotocol::ALL {
        let (client, _events) = joined(&emulator, "ann", subprotocol, "g").await;
        let is_json = subprotocol.format() == Format::Json;
        for (message, fits) in [
            (Message::binary(vec![0; mebibyte]), false),
            (Message::text("x".repeat(10 * mebibyte)), false),
            (quotes(), !is_json),
            (Message::text("x".repeat(mebibyte - 1_000)), true),
        ] {
            let sent = soon(client.send_to_group("g", message).into_future()).await;
            assert_eq!(sent.is_ok(), fits, "{subprotocol}");
            if let Err(error) = sent {
                assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            }
        }
    }
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let runtime = Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    let (client, _events) = runtime.block_on(started(client_of(&emulator, member("ann"))));
    let (other, _others) = client_of(&emulator, member("bob")).build().unwrap();
    let join = futures_util::FutureExt::now_or_never(client.join_group("g").into_future());
    let start = futures_util::FutureExt::now_or_never(other.start());
    assert_eq!(join.unwrap().unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(start.unwrap().unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn no_call_takes_longer_than_it_may() {
    let server = Server::start().await;
    let mut options = ClientOptions::default();
    options.max_pending = 2;
    let builder = server.client().options(options);
    let ((client, _events), mut peer) = started_with(&server, builder).await;
    let call = |limit| client.join_group("g").ack_timeout(limit).into_future();
    // The service answers nothing: two calls wait for that, and one for its turn.
    let two = future::join_all([call(PATIENCE / 2), call(PATIENCE / 2)]);
    let soon_over = Duration::from_millis(20);
    let script = async {
        peer.expect("joinGroup").await;
        peer.expect("joinGroup").await;
        let waiting = soon(call(soon_over)).await.unwrap_err();
        assert!(!waiting.may_have_been_processed());
        // Nothing happens but that time passes.
        tokio::time::pause();
    };
    let (unanswered, ()) = tokio::join!(soon(two), script);
    tokio::time::resume();
    for outcome in unanswered {
        assert!(outcome.unwrap_err().may_have_been_processed());
    }
    // It takes nothing in either: what asks for no ack waits to be written.
    let large = Message::binary(vec![0; 512 * 1024]);
    let mut error = None;
    while error.is_none() {
        let send = client.send_to_group("g", large.clone()).fire_and_forget();
        error = soon(send.ack_timeout(soon_over).into_future()).await.err();
    }
    assert_eq!(error.unwrap().kind(), ErrorKind::Timeout);
}

#[test]
fn everything_can_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_sync<T: Sync>(_: &T) {}
    let (client, events): (WebPubSubClient, Events) =
        WebPubSubClient::new("ws://localhost").unwrap();
    is_sync(&client);
    is_send(&events);
    is_send(&client.start());
    is_send(&client.stop());
    is_send(&client.join_group("g").into_future());
    is_send(&client.watch_state());
}

#[tokio::test]
async fn no_option_is_too_large_or_too_small() {
    let emulator = emulator().await;
    let mut huge = ClientOptions::default();
    let mut tiny = ClientOptions::default();
    for (options, time) in [(&mut huge, Duration::MAX), (&mut tiny, Duration::ZERO)] {
        options.keep_alive_interval = Some(time);
        options.keep_alive_timeout = Some(time);
        options.reconnect.base_delay = time;
        options.reconnect.max_delay = time;
        options.close_timeout = time;
    }
    (huge.connect_timeout, huge.ack_timeout) = (Duration::MAX, Duration::MAX);
    (huge.max_pending, huge.event_capacity) = (usize::MAX, usize::MAX);
    (tiny.max_pending, tiny.event_capacity) = (1, 1);
    for options in [huge, tiny] {
        let builder = client_of(&emulator, member("ann")).options(options);
        let (client, mut events) = started(builder).await;
        let join = client.join_group("g").ack_timeout(Duration::MAX);
        soon(join.into_future()).await.unwrap();
        assert!(
            emulator
                .faults()
                .drop_connection(&client.connection_id().unwrap())
        );
        assert!(matches!(next(&mut events).await, Event::Recovering(_)));
        assert!(matches!(next(&mut events).await, Event::Recovered(_)));
        soon(client.stop()).await;
    }
}
