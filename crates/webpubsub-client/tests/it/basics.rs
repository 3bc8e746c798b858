use webpubsub_client::{ConnectionState, ErrorKind, Event, Message, Subprotocol};

use webpubsub_emulator::Emulator;
use webpubsub_protocol::frame::Format;

use crate::support::{client_of, emulator, joined, member, next, next_text, soon, started};

#[tokio::test]
async fn what_one_publishes_the_others_receive() {
    let emulator = emulator().await;
    for subprotocol in Subprotocol::ALL {
        publish_and_receive(&emulator, subprotocol).await;
    }
}

async fn publish_and_receive(emulator: &Emulator, subprotocol: Subprotocol) {
    let (ann, mut anns) = joined(emulator, "ann", subprotocol, "room").await;
    let (_bob, mut bobs) = joined(emulator, "bob", subprotocol, "room").await;

    let hello = || ann.send_to_group("room", Message::text("hello"));
    let result = soon(hello().no_echo().into_future()).await.unwrap();
    assert_eq!((result.ack_id, result.is_duplicate), (Some(2), false));
    let again = soon(hello().ack_id(2).into_future()).await.unwrap();
    assert!(again.is_duplicate);
    let unacknowledged = soon(hello().fire_and_forget().into_future()).await.unwrap();
    assert_eq!(unacknowledged.ack_id, None);

    assert_eq!(next_text(&mut bobs).await, "hello");
    let Event::GroupMessage(second) = next(&mut bobs).await else {
        panic!("it is a message");
    };
    assert_eq!(second.group.as_str(), "room");
    let tells_sender = subprotocol.format() == Format::Json;
    assert_eq!(second.from_user_id.is_some(), tells_sender);
    assert_eq!(second.sequence_id.is_some(), subprotocol.is_reliable());
    assert_eq!(next_text(&mut anns).await, "hello");

    soon(ann.leave_group("room").into_future()).await.unwrap();
    soon(ann.stop()).await;
    let ends = [next(&mut anns).await, next(&mut anns).await];
    assert!(
        matches!(&ends, [Event::Disconnected(end), Event::Stopped(stop)]
            if end.closed.code == Some(1000) && stop.error.is_none()),
        "{ends:?}"
    );
    assert!(soon(anns.next()).await.is_none());
}

#[tokio::test]
async fn a_client_is_started_stopped_and_started_again() {
    let emulator = emulator().await;
    let builder = client_of(&emulator, member("ann"));
    let (client, mut events) = builder.build().unwrap();
    assert_eq!(client.state(), ConnectionState::Stopped);
    let early = soon(client.join_group("room").into_future()).await;
    assert_eq!(early.unwrap_err().kind(), ErrorKind::Stopped);
    for _ in 0..2 {
        soon(client.start()).await.unwrap();
        let again = soon(client.start()).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyStarted);
        assert!(client.state().is_connected());
        soon(client.stop()).await;
        assert_eq!(client.state(), ConnectionState::Stopped);
        let mut seen = Vec::new();
        while let Some(event) = soon(events.next()).await {
            seen.push(event);
        }
        assert!(matches!(
            seen[..],
            [
                Event::Connected(_),
                Event::Disconnected(_),
                Event::Stopped(_)
            ]
        ));
    }
}

#[tokio::test]
async fn the_last_handle_closes_the_connection() {
    let emulator = emulator().await;
    let builder = client_of(&emulator, member("ann"));
    let (client, mut events) = started(builder).await;
    drop(client.clone());
    soon(client.join_group("room").into_future()).await.unwrap();
    drop(client);
    assert!(matches!(next(&mut events).await, Event::Disconnected(_)));
    assert!(matches!(next(&mut events).await, Event::Stopped(_)));
    for _ in 0..2 {
        assert!(soon(events.next()).await.is_none());
    }
}
