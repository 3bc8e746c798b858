use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use webpubsub_protocol::{Message as Payload, frame::Subprotocol};

use crate::support::{Service, member, publish, user};

/// Each payload as it is sent over REST, in a JSON frame, and as it arrives in one and with a plain client.
fn payloads() -> [(&'static str, Vec<u8>, Value, Message); 4] {
    let json = r#"{"b": 1, "a":["é\n"]}"#;
    [
        (
            "text",
            "h\"é\u{0}".into(),
            json!("h\"é\u{0}"),
            Message::text("h\"é\u{0}"),
        ),
        (
            "json",
            json.into(),
            serde_json::from_str(json).unwrap(),
            Message::text(json),
        ),
        (
            "json",
            "\"bare\"".into(),
            json!("bare"),
            Message::text("\"bare\""),
        ),
        (
            "binary",
            vec![0, 255],
            json!("AP8="),
            Message::binary(vec![0, 255]),
        ),
    ]
}

fn content_type(data_type: &str) -> &'static str {
    match data_type {
        "text" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[tokio::test]
async fn payloads_from_the_server_arrive_as_each_client_reads_them() {
    let service = Service::start().await;
    let mut json = service.json(member("json")).await;
    let mut plain = service.plain(member("plain")).await;
    for (data_type, body, value, bare) in payloads() {
        service.post("/:send", content_type(data_type), &body).await;
        let message =
            json!({ "type": "message", "from": "server", "dataType": data_type, "data": value });
        assert_eq!(json.next_json().await, message);
        assert_eq!(plain.next().await, bare);
    }
}

#[tokio::test]
async fn payloads_from_a_json_client_arrive_as_each_client_reads_them() {
    let service = Service::start().await;
    let mut json = service.json(member("json").group("g")).await;
    let mut plain = service.plain(member("plain").group("g")).await;
    for (data_type, body, value, bare) in payloads() {
        // JSON is passed on as it was written, spaces and all.
        let data = if data_type == "json" {
            String::from_utf8(body).unwrap()
        } else {
            value.to_string()
        };
        json.send(Message::text(format!(
            r#"{{"type":"sendToGroup","group":"g","dataType":"{data_type}","data":{data}}}"#
        )))
        .await;
        let received = json.next_json().await;
        assert_eq!(
            (&received["dataType"], &received["data"]),
            (&json!(data_type), &value)
        );
        assert_eq!(plain.next().await, bare);
    }
}

#[tokio::test]
async fn payloads_from_a_plain_client_arrive_as_each_client_reads_them() {
    let service = Service::start().await;
    let mut json = service.json(member("json").group("g")).await;
    let mut listener = service.plain(member("plain").group("g")).await;
    let url = format!(
        "{}&webpubsub_mode=sendToGroup&group=g",
        service.client_url(member("sender"))
    );
    let mut sender = service.connect_to(&url, None).await.unwrap();
    for (bare, data_type, value) in [
        (Message::text("{\"a\":1}"), "text", json!("{\"a\":1}")),
        (Message::binary(vec![0, 255]), "binary", json!("AP8=")),
    ] {
        sender.send(bare.clone()).await;
        let message = json!({
            "type": "message", "from": "group", "fromUserId": "sender", "group": "g", "dataType": data_type, "data": value,
        });
        assert_eq!(json.next_json().await, message);
        assert_eq!(listener.next().await, bare);
    }
}

#[tokio::test]
async fn metadata_reaches_clients_of_a_subprotocol_with_the_message() {
    let service = Service::start().await;
    let mut json = service.json(user("ann").group("g")).await;
    let mut plain = service.plain(user("bob").group("g")).await;
    for path in ["/:send", "/groups/g/:send"] {
        let headers = [
            "content-type: text/plain",
            "x-webpubsub-metadata-trace: abc",
            "X-WebPubSub-Metadata-Lang: de, en",
        ];
        let answer = service.request("POST", path, &headers, b"hi").await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let frame = json.next_json().await;
        assert_eq!(frame["data"], "hi");
        assert_eq!(frame["metadata"], json!({ "trace": "abc", "lang": "en" }));
        assert_eq!(plain.next().await.to_text().unwrap(), "hi");
    }
    let too_long = format!("x-webpubsub-metadata-k: {}", "v".repeat(1025));
    let headers = ["content-type: text/plain", &too_long];
    let answer = service.request("POST", "/:send", &headers, b"hi").await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.text.contains(r#""target":"metadata""#),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn every_payload_arrives_with_every_client_whoever_sends_it() {
    let service = Service::start().await;
    // A serialized `Any` of type "t" without a value.
    let any = [0x0a, 1, b't'].as_slice();
    let payloads = [
        (Payload::text("h\"é"), Message::text("h\"é")),
        (
            Payload::json(&json!({ "a": [1] })).unwrap(),
            Message::text(r#"{"a":[1]}"#),
        ),
        (
            Payload::binary([0, 255].as_slice()),
            Message::binary(vec![0, 255]),
        ),
        (Payload::protobuf(any), Message::binary(any)),
    ];
    let mut plain = service.plain(user("plain").group("g")).await;
    let mut receivers = Vec::new();
    for subprotocol in Subprotocol::ALL {
        receivers.push(
            service
                .speaking(subprotocol, user("receiver").group("g"))
                .await,
        );
    }
    for subprotocol in Subprotocol::ALL {
        let mut sender = service.speaking(subprotocol, member("sender")).await;
        for (payload, bare) in &payloads {
            sender.say(&publish(payload.clone(), None)).await;
            assert_eq!(plain.next().await, *bare);
            for receiver in &mut receivers {
                let (received, _) = receiver.receive_message().await;
                assert_eq!(
                    received, *payload,
                    "{subprotocol} to {}",
                    receiver.subprotocol
                );
            }
        }
    }
}
