use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Service, member, user};

#[tokio::test]
async fn each_frame_with_an_ack_id_is_acknowledged_once() {
    let service = Service::start().await;
    let mut client = service.json(member("ann")).await;
    let join = json!({ "type": "joinGroup", "group": "g", "ackId": 0 });
    assert_eq!(
        client.ask(join.clone()).await,
        json!({ "type": "ack", "ackId": 0, "success": true })
    );
    let duplicate = json!({
        "type": "ack", "ackId": 0, "success": false,
        "error": { "name": "Duplicate", "message": "Message with ack-id: 0 has been processed" },
    });
    assert_eq!(client.ask(join).await, duplicate);
    // Without an ack id nothing answers: the next answer is that of the ping.
    client
        .send_json(json!({ "type": "leaveGroup", "group": "g" }))
        .await;
    client.is_served().await;
    assert_eq!(service.rest("HEAD", "/groups/g").await.status, 404);
}

#[tokio::test]
async fn a_message_with_a_known_ack_id_is_not_sent_again() {
    let service = Service::start().await;
    let mut client = service.json(member("ann").group("g")).await;
    for (data, ack_id) in [("one", 7), ("one again", 7), ("two", 8)] {
        client.send_json(json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": data, "ackId": ack_id })).await;
    }
    let mut received = Vec::new();
    for _ in 0..5 {
        let frame = client.next_json().await;
        received.push(match frame["type"].as_str().unwrap() {
            "message" => frame["data"].as_str().unwrap().to_owned(),
            _ => format!("ack {} {}", frame["ackId"], frame["success"]),
        });
    }
    assert_eq!(
        received,
        ["one", "ack 7 true", "ack 7 false", "two", "ack 8 true"]
    );
}

#[tokio::test]
async fn the_last_thousand_ack_ids_are_remembered() {
    let service = Service::start().await;
    let mut client = service.json(member("ann")).await;
    for ack_id in 0..=1000 {
        let ack = client
            .ask(json!({ "type": "joinGroup", "group": "g", "ackId": ack_id }))
            .await;
        assert_eq!(ack["success"], true);
    }
    for (ack_id, success) in [(1, false), (1000, false), (0, true)] {
        let ack = client
            .ask(json!({ "type": "joinGroup", "group": "g", "ackId": ack_id }))
            .await;
        assert_eq!(ack["success"], success, "{ack_id}");
    }
}

#[tokio::test]
async fn a_failed_frame_may_be_sent_again_with_its_ack_id() {
    let service = Service::start().await;
    let mut client = service.json(user("ann")).await;
    for _ in 0..2 {
        let ack = client
            .ask(json!({ "type": "joinGroup", "group": "g", "ackId": 1 }))
            .await;
        assert_eq!(ack["error"]["name"], "Forbidden");
    }
}

#[tokio::test]
async fn roles_decide_what_a_client_may_do() {
    let service = Service::start().await;
    let roles = [
        "webpubsub.joinLeaveGroup.mine",
        "webpubsub.sendToGroup.yours",
    ];
    let mut client = service.json(user("ann").roles(roles)).await;
    let mut ack_id = 0;
    let table = [
        ("joinGroup", "mine", None),
        (
            "joinGroup",
            "yours",
            Some("The client does not have permission to join group 'yours'."),
        ),
        ("leaveGroup", "mine", None),
        (
            "leaveGroup",
            "yours",
            Some("The client does not have permission to leave group 'yours'."),
        ),
        ("sendToGroup", "yours", None),
        (
            "sendToGroup",
            "mine",
            Some("The client does not have permission to send to group 'mine'."),
        ),
    ];
    for (kind, group, refusal) in table {
        ack_id += 1;
        let ack = client
            .ask(json!({ "type": kind, "group": group, "data": 1, "ackId": ack_id }))
            .await;
        let expected = match refusal {
            None => json!({ "type": "ack", "ackId": ack_id, "success": true }),
            Some(message) => json!({
                "type": "ack", "ackId": ack_id, "success": false,
                "error": { "name": "Forbidden", "message": message },
            }),
        };
        assert_eq!(ack, expected);
    }
}

#[tokio::test]
async fn an_event_reaches_no_handler() {
    let service = Service::start().await;
    let mut client = service.json(member("ann")).await;
    let ack = client
        .ask(json!({ "type": "event", "event": "e", "data": 1, "ackId": 5 }))
        .await;
    assert_eq!(
        ack["error"],
        json!({ "name": "InternalServerError", "message": "Internal server error" })
    );
    client
        .send_json(json!({ "type": "event", "event": "e", "data": 1 }))
        .await;
    client.is_served().await;
}

#[tokio::test]
async fn frames_that_break_a_rule_end_the_connection_and_no_other() {
    let service = Service::start().await;
    let mut other = service.json(user("other")).await;
    let invalid = (
        1007,
        "The client message is not a valid JSON protocol message.".to_owned(),
    );
    let cases = [
        (Message::text("{"), invalid.clone()),
        (Message::text(r#"{"type":"fly"}"#), invalid.clone()),
        (
            Message::text(r#"{"type":"joinGroup","group":""}"#),
            invalid.clone(),
        ),
        (
            Message::text(r#"{"type":"sendToGroup","group":"g","data":null}"#),
            invalid,
        ),
        (
            Message::binary(vec![1]),
            (
                1003,
                "The JSON subprotocol requires text messages.".to_owned(),
            ),
        ),
    ];
    for (message, expected) in cases {
        let mut client = service.json(member("ann")).await;
        client.send(message).await;
        assert_eq!(client.closed().await, expected);
        other.is_served().await;
    }
}

#[tokio::test]
async fn a_closed_client_is_told_why() {
    let service = Service::start().await;
    for (query, message) in [
        (
            "?reason=bye%20%26%20now",
            "Application server closed the connection. Reason: bye & now",
        ),
        ("", "Application server closed the connection."),
    ] {
        let mut client = service.json(user("ann")).await;
        service
            .rest("DELETE", &format!("/connections/{}{query}", client.id))
            .await;
        let told = client.next_json().await;
        assert_eq!(
            told,
            json!({ "type": "system", "event": "disconnected", "message": message })
        );
        assert_eq!(client.closed().await, (1000, String::new()));
    }
}
