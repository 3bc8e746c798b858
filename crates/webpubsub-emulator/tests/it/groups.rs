use serde_json::json;

use crate::support::{Service, member, user};

#[tokio::test]
async fn a_token_puts_a_client_into_groups_without_a_role() {
    let service = Service::start().await;
    let mut client = service.json(user("ann").groups(["one", "two"])).await;
    for group in ["one", "two", "three"] {
        service
            .post(
                &format!("/groups/{group}/:send"),
                "text/plain",
                group.as_bytes(),
            )
            .await;
    }
    service.post("/:send", "text/plain", b"end").await;
    let received = [
        client.next_json().await,
        client.next_json().await,
        client.next_json().await,
    ];
    assert_eq!(
        received.map(|frame| frame["data"].clone()),
        ["one", "two", "end"]
    );
}

#[tokio::test]
async fn a_message_names_its_group_and_sender() {
    let service = Service::start().await;
    let mut listener = service.json(member("bob").group("g")).await;
    let mut sender = service.json(member("ann")).await;
    sender
        .send_json(json!({ "type": "sendToGroup", "group": "g", "data": { "a": 1 } }))
        .await;
    let message = json!({
        "type": "message", "from": "group", "fromUserId": "ann", "group": "g", "dataType": "json", "data": { "a": 1 },
    });
    assert_eq!(listener.next_json().await, message);
    service.post("/groups/g/:send", "text/plain", b"x").await;
    let message = json!({ "type": "message", "from": "group", "group": "g", "dataType": "text", "data": "x" });
    assert_eq!(listener.next_json().await, message);
}

#[tokio::test]
async fn no_echo_spares_the_sender() {
    let service = Service::start().await;
    let mut sender = service.json(member("ann").group("g")).await;
    let mut listener = service.json(member("bob").group("g")).await;
    for (data, no_echo) in [("silent", true), ("heard", false)] {
        sender.send_json(json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": data, "noEcho": no_echo })).await;
    }
    assert_eq!(sender.next_json().await["data"], "heard");
    assert_eq!(listener.next_json().await["data"], "silent");
}

#[tokio::test]
async fn the_server_moves_connections_between_groups() {
    let service = Service::start().await;
    let mut client = service.json(user("ann")).await;
    let path = format!("/groups/a%20%2F%20b/connections/{}", client.id);
    assert_eq!(service.rest("PUT", &path).await.status, 200);
    service
        .post("/groups/a%20%2F%20b/:send", "text/plain", b"in")
        .await;
    assert_eq!(client.next_json().await["group"], "a / b");
    assert_eq!(service.rest("DELETE", &path).await.status, 204);
    service
        .post("/groups/a%20%2F%20b/:send", "text/plain", b"out")
        .await;
    client.is_served().await;
}

#[tokio::test]
async fn messages_keep_their_order() {
    let service = Service::start().await;
    let mut client = service.plain(user("ann").group("g")).await;
    for n in 0..200 {
        let path = if n % 2 == 0 {
            "/:send"
        } else {
            "/groups/g/:send"
        };
        service
            .post(path, "text/plain", n.to_string().as_bytes())
            .await;
    }
    for n in 0..200 {
        assert_eq!(client.next().await.to_text().unwrap(), n.to_string());
    }
}
