use tokio_tungstenite::tungstenite::Message;
use webpubsub_protocol::{
    Message as Payload,
    frame::{AckError, AckErrorName, ClientFrame, Received, ServiceFrame, Subprotocol},
};

use crate::support::{Service, group, join, member, publish, user};

const BOTH: [Subprotocol; 2] = [Subprotocol::Protobuf, Subprotocol::ProtobufReliable];

fn ack(ack_id: u64, result: Result<(), AckError>) -> Received {
    Received {
        frame: Some(ServiceFrame::Ack { ack_id, result }),
        sequence_id: None,
    }
}

#[tokio::test]
async fn each_frame_with_an_ack_id_is_acknowledged_once() {
    let service = Service::start().await;
    for subprotocol in BOTH {
        let mut client = service.speaking(subprotocol, member("ann")).await;
        client.say(&join(u64::MAX)).await;
        assert_eq!(client.receive().await, ack(u64::MAX, Ok(())));
        client.say(&join(u64::MAX)).await;
        let text = format!("Message with ack-id: {} has been processed", u64::MAX);
        let duplicate = AckError::new(AckErrorName::Duplicate, text);
        assert_eq!(client.receive().await, ack(u64::MAX, Err(duplicate)));

        client.say(&publish(Payload::text("hi"), Some(1))).await;
        let (message, _) = client.receive_message().await;
        assert_eq!(message, Payload::text("hi"));
        assert_eq!(client.receive().await, ack(1, Ok(())));
    }
}

#[tokio::test]
async fn roles_and_events_are_as_for_json_clients() {
    let service = Service::start().await;
    let mut client = service.speaking(Subprotocol::Protobuf, user("ann")).await;
    client.say(&join(1)).await;
    let forbidden = "The client does not have permission to join group 'g'.";
    let forbidden = AckError::new(AckErrorName::Forbidden, forbidden);
    assert_eq!(client.receive().await, ack(1, Err(forbidden)));
    let event = |ack_id| ClientFrame::Event {
        event: "e".try_into().unwrap(),
        message: Payload::text("x"),
        ack_id,
    };
    client.say(&event(Some(2))).await;
    let failed = AckError::new(AckErrorName::InternalServerError, "Internal server error");
    assert_eq!(client.receive().await, ack(2, Err(failed)));
    client.say(&event(None)).await;
    client.hears_nothing().await;
}

#[tokio::test]
async fn frames_that_break_a_rule_end_the_connection() {
    let service = Service::start().await;
    let cases = [
        (
            Message::binary(vec![0xff]),
            (
                1007,
                "The client message is not a valid protobuf protocol message.",
            ),
        ),
        (
            Message::text("{}"),
            (1003, "The protobuf subprotocol requires binary messages."),
        ),
    ];
    for subprotocol in BOTH {
        for (message, (code, reason)) in cases.clone() {
            let mut client = service.speaking(subprotocol, user("ann")).await;
            client.send(message).await;
            assert_eq!(client.closed().await, (code, reason.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_closed_client_is_told_why() {
    let service = Service::start().await;
    let mut client = service.speaking(Subprotocol::Protobuf, user("ann")).await;
    let path = format!("/connections/{}?reason=bye", client.id);
    service.rest("DELETE", &path).await;
    let told = ServiceFrame::Disconnected {
        message: "Application server closed the connection. Reason: bye".to_owned(),
    };
    assert_eq!(client.receive().await.frame, Some(told));
    assert_eq!(client.closed().await, (1000, String::new()));
}

#[tokio::test]
async fn a_message_to_a_group_says_which() {
    let service = Service::start().await;
    let token = member("ann").group("g");
    let mut client = service.speaking(Subprotocol::Protobuf, token).await;
    service.post("/groups/g/:send", "text/plain", b"hi").await;
    let expected = ServiceFrame::GroupMessage {
        group: group("g"),
        message: Payload::text("hi"),
        from_user_id: None,
    };
    assert_eq!(client.receive().await.frame, Some(expected));
}
