use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use webpubsub_emulator::{Clock, Emulator, Fault, Moment, Rule};
use webpubsub_protocol::{
    ConnectionId, Message as Payload,
    frame::{ServiceFrame, Subprotocol},
};

use crate::support::{JSON, Service, join, member, publish, user};

fn id(text: &str) -> ConnectionId {
    ConnectionId::new(text).unwrap()
}

#[tokio::test]
async fn a_chosen_connection_is_dropped_and_can_be_recovered() {
    let service = Service::start().await;
    let faults = service.0.faults();
    assert!(!faults.drop_connection(&id("nobody")));
    for subprotocol in [Subprotocol::JsonReliable, Subprotocol::ProtobufReliable] {
        let mut client = service.speaking(subprotocol, member("ann")).await;
        assert!(faults.drop_connection(&id(&client.id)));
        client.is_cut_off().await;
        let mut client = service.recover(client).await;
        client.say(&join(1)).await;
        let ack = client.receive().await.frame;
        assert!(matches!(
            ack,
            Some(ServiceFrame::Ack { result: Ok(()), .. })
        ));
    }
    let mut json = service.json(user("bob")).await;
    assert!(faults.drop_connection(&id(&json.id)));
    json.is_cut_off().await;
    service.forgets("/users/bob").await;
    assert_eq!(faults.injected(), 3);
}

#[tokio::test]
async fn a_chosen_connection_is_closed_with_a_code() {
    let service = Service::start().await;
    let faults = service.0.faults();
    let reliable = || service.speaking(Subprotocol::JsonReliable, user("ann"));
    let too_long = "é".repeat(100);
    let fits = "é".repeat(61);
    for (code, reason, arrives) in [(1012, "restarting", "restarting"), (4000, &too_long, &fits)] {
        let mut client = reliable().await;
        assert!(faults.close_connection(&id(&client.id), code, reason));
        assert_eq!(client.closed().await, (code, arrives.to_owned()));
        let mut client = service.recover(client).await;
        client.hears_nothing().await;
        client.leave(Some(1000)).await;
    }
    for code in [1000, 1008] {
        let mut client = reliable().await;
        assert!(faults.close_connection(&id(&client.id), code, "over"));
        assert_eq!(client.closed().await.0, code);
        let connection = id(&client.id);
        service.forgets(&format!("/connections/{connection}")).await;
        assert!(!faults.drop_connection(&connection));
    }
}

#[tokio::test]
async fn while_reading_is_paused_a_client_is_heard_only_afterwards() {
    let service = Service::start().await;
    let faults = service.0.faults();
    let mut client = service.json(member("ann")).await;
    let connection = id(&client.id);
    assert!(faults.pause_reading(&connection));
    client
        .send_json(json!({ "type": "joinGroup", "group": "g", "ackId": 1 }))
        .await;
    // It is written to meanwhile; the order to pause came before what it was sent here.
    for text in ["one", "two"] {
        let path = format!("/connections/{connection}/:send");
        service.post(&path, "text/plain", text.as_bytes()).await;
        assert_eq!(client.next_json().await["data"], text);
    }
    assert!(faults.resume_reading(&connection));
    assert_eq!(client.next_json().await["type"], "ack");
}

#[tokio::test]
async fn acks_are_lost_and_what_was_asked_for_is_done() {
    let service = Service::start().await;
    let faults = service.0.faults();
    faults.add(Rule::next(1, Fault::LoseAck).for_user("ann"));
    let mut bob = service.json(member("bob")).await;
    let answer = bob
        .ask(json!({ "type": "joinGroup", "group": "g", "ackId": 1 }))
        .await;
    assert_eq!(answer["success"], true);
    let mut ann = service.json(member("ann")).await;
    ann.say(&publish(Payload::text("hello"), Some(7))).await;
    assert_eq!(bob.next_json().await["data"], "hello");
    // Asked again, it tells that it has done it.
    ann.say(&publish(Payload::text("hello"), Some(7))).await;
    assert_eq!(ann.next_json().await["error"]["name"], "Duplicate");
    assert_eq!(faults.injected(), 1);
    faults.add(Rule::always(Fault::LoseAck));
    faults.clear();
    ann.say(&join(8)).await;
    assert_eq!(ann.next_json().await["success"], true);
}

#[tokio::test]
async fn acks_and_upgrades_are_delayed_by_the_clock() {
    let clock = Clock::manual();
    let service = Service::built(Emulator::builder().clock(clock.clone())).await;
    let faults = service.0.faults();
    let mut client = service.json(member("ann")).await;
    let delay = Duration::from_secs(60 * 60);
    faults.add(Rule::next(1, Fault::DelayAck(delay)));
    client.say(&join(1)).await;
    client.is_served().await;
    clock.advance(delay);
    assert_eq!(client.next_json().await["ackId"], 1);

    faults.add(Rule::next(1, Fault::DelayUpgrade(delay)));
    let url = service.client_url(user("bob"));
    let mut connecting = Box::pin(service.connect_to(&url, Some(JSON)));
    while faults.injected() < 2 {
        let waiting = futures_util::poll!(connecting.as_mut());
        assert!(waiting.is_pending());
        tokio::task::yield_now().await;
    }
    clock.advance(delay);
    connecting.await.unwrap();
}

#[tokio::test]
async fn upgrades_are_refused_also_of_who_comes_back() {
    let service = Service::start().await;
    let faults = service.0.faults();
    let client = service
        .speaking(Subprotocol::JsonReliable, user("ann"))
        .await;
    faults.add(Rule::next(1, Fault::RefuseUpgrade(StatusCode::BAD_GATEWAY)).for_user("bob"));
    faults.add(Rule::next(
        1,
        Fault::RefuseUpgrade(StatusCode::SERVICE_UNAVAILABLE),
    ));
    let bobs = service.client_url(user("bob"));
    let refused = service.connect_to(&bobs, Some(JSON)).await;
    assert_eq!(refused.err(), Some(StatusCode::BAD_GATEWAY));
    let back = service.recovery_url(&client);
    let subprotocol = client.subprotocol.as_str();
    let refused = service.connect_to(&back, Some(subprotocol)).await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    service.recover(client).await.hears_nothing().await;
}

#[tokio::test]
async fn a_socket_breaks_off_at_each_moment_and_nothing_is_lost() {
    let service = Service::start().await;
    let faults = service.0.faults();
    for (moment, is_done) in [
        (Moment::AfterReading, false),
        (Moment::AfterExecuting, true),
        (Moment::BeforeWriting, true),
    ] {
        let mut client = service
            .speaking(Subprotocol::JsonReliable, member("ann"))
            .await;
        faults.add(Rule::next(1, Fault::Drop(moment)).for_connection(&id(&client.id)));
        client.say(&join(1)).await;
        client.is_cut_off().await;
        let mut client = service.recover(client).await;
        client.say(&join(1)).await;
        let Some(ServiceFrame::Ack { result, .. }) = client.receive().await.frame else {
            panic!("it is an ack");
        };
        assert_eq!(result.is_err(), is_done, "{moment:?}");
        client.leave(Some(1000)).await;
    }
    for moment in [Moment::BeforeWriting, Moment::AfterWriting] {
        let client = service
            .speaking(Subprotocol::JsonReliable, user("ann"))
            .await;
        faults.add(Rule::next(1, Fault::Drop(moment)).for_connection(&id(&client.id)));
        let path = format!("/connections/{}/:send", client.id);
        service.post(&path, "text/plain", b"hello").await;
        let mut client = service.recover(client).await;
        assert_eq!(client.receive_text().await, ("hello".to_owned(), 1));
        client.leave(Some(1000)).await;
    }
    assert_eq!(faults.injected(), 5);
}
