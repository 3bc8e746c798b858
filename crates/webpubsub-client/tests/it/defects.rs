//! What the official SDKs were seen to do wrong, each on a server that brings it about.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use webpubsub_client::{ErrorKind, Event, Message};

use crate::{
    scripted::{Peer, Server},
    support::{next, soon, started_with},
};

/// JavaScript and .NET send a repeat under a new ack id, so that the service cannot tell it from another message.
#[tokio::test]
async fn a_repeat_has_the_ack_id_of_the_first_attempt() {
    let server = Server::start().await;
    let ((client, _events), mut peer) = started_with(&server, server.client()).await;
    let send = client.send_to_group("g", Message::text("x")).into_future();
    let script = async {
        let first = peer.expect("sendToGroup").await;
        peer.fail(&first["ackId"], "InternalServerError").await;
        let second = peer.expect("sendToGroup").await;
        peer.ack(&second["ackId"]).await;
        assert_eq!(first, second);
    };
    let (outcome, ()) = tokio::join!(soon(send), script);
    outcome.unwrap();
}

/// JavaScript, Python and .NET repeat what is refused for good.
#[tokio::test]
async fn what_is_forbidden_is_not_repeated() {
    let server = Server::start().await;
    let ((client, _events), mut peer) = started_with(&server, server.client()).await;
    let script = async {
        let refused = peer.expect("joinGroup").await;
        peer.fail(&refused["ackId"], "Forbidden").await;
        let next = peer.expect("sendToGroup").await;
        peer.ack(&next["ackId"]).await;
    };
    let calls = async {
        let error = client.join_group("g").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        client.send_to_group("g", Message::text("x")).await.unwrap();
    };
    soon(async { tokio::join!(calls, script) }).await;
}

/// JavaScript and .NET wait for an ack for ever.
#[tokio::test]
async fn an_ack_that_never_comes_is_an_error() {
    let server = Server::start().await;
    let ((client, _events), mut peer) = started_with(&server, server.client()).await;
    let send = client.send_to_group("g", Message::text("x"));
    let send = send.ack_timeout(Duration::from_secs(5));
    let script = async {
        peer.expect("sendToGroup").await;
        // Nothing happens but that time passes.
        tokio::time::pause();
    };
    let (outcome, ()) = tokio::join!(soon(send.into_future()), script);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.may_have_been_processed());
}

/// JavaScript joins twice what is joined before the service has greeted, and has started before that.
#[tokio::test]
async fn a_group_joined_before_the_greeting_is_joined_once() {
    let server = Server::start().await;
    let (client, _events) = server.client().build().unwrap();
    let script = async {
        let mut peer = server.next().await.accept().await;
        assert!(!client.state().is_connected());
        peer.greet("c").await;
        let join = peer.expect("joinGroup").await;
        peer.ack(&join["ackId"]).await;
        let after = peer.expect("sendToGroup").await;
        peer.ack(&after["ackId"]).await;
        peer
    };
    let calls = async {
        let start = client.start();
        let join = client.join_group("g").into_future();
        let (started, joined) = tokio::join!(start, join);
        started.unwrap();
        joined.unwrap();
        client.send_to_group("g", Message::text("x")).await.unwrap();
    };
    soon(async { tokio::join!(calls, script) }).await;
}

/// JavaScript does not acknowledge the numbers of frames it does not know.
#[tokio::test]
async fn a_frame_of_an_unknown_kind_is_acknowledged_by_its_number() {
    let server = Server::start().await;
    let ((_client, _events), mut peer) = started_with(&server, server.client()).await;
    for number in 1..128 {
        peer.message(number).await;
    }
    let state = json!({ "type": "groupStateUpdate", "group": "g", "items": [], "sequenceId": 128 });
    peer.send(state).await;
    let ack = peer.expect("sequenceAck").await;
    assert_eq!(ack["sequenceId"], 128);
}

/// JavaScript has no limit for one attempt to recover, so that one which hangs outlives the recovery window. (How long all
/// attempts may take together is tested with the session, where time is cheap.)
#[tokio::test]
async fn an_attempt_to_recover_that_hangs_is_followed_by_another() {
    let server = Server::start().await;
    let mut options = webpubsub_client::ClientOptions::default();
    options.connect_timeout = Duration::from_secs(2);
    let ((_client, mut events), peer) =
        started_with(&server, server.client().options(options)).await;
    drop(peer);
    // Says nothing, neither HTTP nor anything else.
    let _silent = server.next_stream().await;
    let mut peer = server.next().await.accept().await;
    peer.expect("ping").await;
    peer.send(json!({ "type": "pong" })).await;
    assert!(matches!(next(&mut events).await, Event::Recovering(_)));
    assert!(matches!(next(&mut events).await, Event::Recovered(_)));
}

/// JavaScript stops only after the next attempt to reconnect.
#[tokio::test]
async fn a_stop_while_it_reconnects_is_a_stop() {
    let server = Server::start().await;
    let ((client, mut events), peer) = started_with(&server, server.client()).await;
    peer.close(1008).await;
    // The attempt under way is never answered.
    let _waiting = server.next().await;
    soon(client.stop()).await;
    assert!(matches!(next(&mut events).await, Event::Disconnected(_)));
    assert!(matches!(next(&mut events).await, Event::Stopped(_)));
}

/// Python loses the user's ack id and `noEcho` in a repeat.
#[tokio::test]
async fn a_repeat_keeps_what_the_user_asked_for() {
    let server = Server::start().await;
    let ((client, _events), mut peer) = started_with(&server, server.client()).await;
    let send = client.send_to_group("g", Message::text("x"));
    let send = send
        .no_echo()
        .ack_id(777)
        .message_ttl(Duration::from_secs(9));
    let script = async {
        let first = peer.expect("sendToGroup").await;
        assert_eq!(
            (&first["ackId"], &first["noEcho"]),
            (&json!(777), &json!(true))
        );
        peer.fail(&first["ackId"], "InternalServerError").await;
        assert_eq!(peer.next().await, first);
        peer.ack(&first["ackId"]).await;
    };
    let (outcome, ()) = tokio::join!(soon(send.into_future()), script);
    assert_eq!(outcome.unwrap().ack_id, Some(777));
}

/// Acknowledges whatever comes, at once.
async fn acknowledge_all(mut peer: Peer) {
    while let Some(frame) = peer.next_if_there().await {
        if frame["ackId"].is_u64() {
            peer.ack(&frame["ackId"]).await;
        }
    }
}

/// Python (and an older Java) miss an ack that comes before they wait for it.
#[tokio::test]
async fn no_answer_is_missed_however_fast_it_comes() {
    let server = Server::start().await;
    let ((client, _events), peer) = started_with(&server, server.client()).await;
    let script = tokio::spawn(acknowledge_all(peer));
    let send = || client.send_to_group("g", Message::text("x")).into_future();
    for _ in 0..400 {
        soon(send()).await.unwrap();
    }
    for sent in soon(join_all((0..400).map(|_| send()))).await {
        sent.unwrap();
    }
    soon(client.stop()).await;
    soon(script).await.unwrap();
}

/// Python calls back for several messages at once, .NET has a queue for each kind: both reorder.
#[tokio::test]
async fn messages_arrive_in_their_order() {
    let server = Server::start().await;
    let ((_client, mut events), mut peer) = started_with(&server, server.client()).await;
    let script = tokio::spawn(async move {
        for number in 1..=1_000_u64 {
            if number % 2 == 0 {
                peer.message(number).await;
                continue;
            }
            peer.send(json!({
                "type": "message", "from": "group", "group": "g", "dataType": "json",
                "data": number, "sequenceId": number,
            }))
            .await;
        }
        peer
    });
    for number in 1..=1_000_u64 {
        let received = match next(&mut events).await {
            Event::ServerMessage(message) => message.message,
            Event::GroupMessage(message) => message.message,
            event => panic!("only messages come: {event:?}"),
        };
        assert_eq!(received.parse_json::<u64>().unwrap(), number);
    }
    soon(script).await.unwrap();
}

/// Python takes no `bytes` as a payload.
#[tokio::test]
async fn bytes_are_a_payload() {
    let server = Server::start().await;
    let ((client, _events), mut peer) = started_with(&server, server.client()).await;
    for bytes in [
        Message::binary(vec![0, 255]),
        Message::binary(&[0, 255][..]),
    ] {
        let send = client.send_to_group("g", bytes).fire_and_forget();
        soon(send.into_future()).await.unwrap();
        let frame = peer.expect("sendToGroup").await;
        assert_eq!(
            (&frame["dataType"], &frame["data"]),
            (&json!("binary"), &json!("AP8="))
        );
    }
}

/// Python gives up after three attempts to reconnect.
#[tokio::test]
async fn it_does_not_give_up_after_a_few_attempts() {
    let server = Server::start().await;
    let ((_client, mut events), peer) = started_with(&server, server.client()).await;
    peer.close(1008).await;
    for _ in 0..6 {
        server
            .next()
            .await
            .refuse("503 Service Unavailable", "")
            .await;
    }
    server.next_greeted("c2").await;
    assert!(matches!(next(&mut events).await, Event::Disconnected(_)));
    assert!(matches!(next(&mut events).await, Event::Connected(_)));
}

/// .NET drops the socket for a frame it does not know.
#[tokio::test]
async fn what_is_not_known_or_not_readable_is_skipped() {
    let server = Server::start().await;
    let ((_client, mut events), mut peer) = started_with(&server, server.client()).await;
    for text in [
        r#"{"type":"new"}"#,
        r#"{"type":"system","event":"new"}"#,
        r#"{"type":"message","from":"new","data":1}"#,
        r#"{"type":"message","from":"server","dataType":"new","data":1}"#,
        r#"{"type":"ack"}"#,
        "no JSON",
        "",
    ] {
        peer.send_message(tokio_tungstenite::tungstenite::Message::text(text))
            .await;
    }
    let binary = tokio_tungstenite::tungstenite::Message::binary(vec![1, 2]);
    peer.send_message(binary).await;
    peer.message(1).await;
    assert!(matches!(next(&mut events).await, Event::ServerMessage(_)));
}

/// .NET and JavaScript queue without a bound what the user does not take.
#[tokio::test]
async fn what_nobody_takes_is_not_read() {
    let server = Server::start().await;
    let mut options = webpubsub_client::ClientOptions::default();
    options.event_capacity = 4;
    let ((client, mut events), mut peer) =
        started_with(&server, server.client().options(options)).await;
    for number in 1..=100 {
        peer.message(number).await;
    }
    // What it has read it acknowledges after a second: the queue, and the one there was no room for.
    let ack = peer.expect("sequenceAck").await;
    assert_eq!(ack["sequenceId"], 5);
    for number in 1..=100_u64 {
        let Event::ServerMessage(message) = next(&mut events).await else {
            panic!("it is a message");
        };
        assert_eq!(message.message.parse_json::<u64>().unwrap(), number);
    }
    drop(client);
}

/// Java acknowledges every five seconds only, in which a stream of 200 messages a second overflows what the service keeps.
#[tokio::test]
async fn a_fast_stream_is_acknowledged_before_the_service_gives_up() {
    const KEPT: u64 = 1_000;
    let server = Server::start().await;
    let ((_client, mut events), mut peer) = started_with(&server, server.client()).await;
    let script = tokio::spawn(async move {
        let (mut sent, mut acknowledged) = (0, 0);
        while acknowledged < 4 * KEPT {
            while sent - acknowledged < KEPT / 2 {
                sent += 1;
                peer.message(sent).await;
            }
            acknowledged = peer.expect("sequenceAck").await["sequenceId"]
                .as_u64()
                .unwrap();
        }
    });
    while !script.is_finished() {
        tokio::select! {
            event = events.next() => drop(event),
            () = tokio::task::yield_now() => {}
        }
    }
    script.await.unwrap();
}

/// An older Java took the first fragment for the whole message.
#[tokio::test]
async fn a_message_in_fragments_is_one_message() {
    let server = Server::start().await;
    let ((_client, mut events), mut peer) = started_with(&server, server.client()).await;
    let text = r#"{"type":"message","from":"server","dataType":"text","data":"whole"}"#;
    let (first, rest) = text.as_bytes().split_at(20);
    let (second, third) = rest.split_at(20);
    // Opcode 1 is a text that goes on, 0 its continuation, and the highest bit its end (RFC 6455, section 5.2).
    for (head, part) in [(0x01, first), (0x00, second), (0x80, third)] {
        let length = u8::try_from(part.len()).unwrap();
        peer.send_bytes(&[&[head, length], part].concat()).await;
    }
    let Event::ServerMessage(message) = next(&mut events).await else {
        panic!("it is a message");
    };
    assert_eq!(message.message.as_text(), Some("whole"));
}
