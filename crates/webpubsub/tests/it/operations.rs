use std::time::Duration;

use serde_json::json;
use webpubsub::{ClientAccessToken, Message, Role, operation::SendToAll};

use crate::support::{Received, Receiver, client_of, emulator};

#[tokio::test]
async fn messages_reach_all_groups_users_and_no_one_else() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let mut ann = Receiver::of(&client, "ann", &["room"]).await;
    let mut bob = Receiver::of(&client, "bob", &[]).await;

    client
        .send_to_all(Message::json(&json!({ "a": [1, "é"] })).unwrap())
        .await
        .unwrap();
    client
        .send_to_group("room", Message::text("to the room"))
        .await
        .unwrap();
    client
        .send_to_user("bob", Message::binary(vec![0, 255]))
        .await
        .unwrap();
    client
        .send_to_user("nobody", Message::text("lost"))
        .await
        .unwrap();
    client
        .send_to_connection("gone", Message::text("lost"))
        .await
        .unwrap();
    client
        .send(SendToAll::new(Message::text("a value of its own")))
        .await
        .unwrap();

    let all = Received::text(r#"{"a":[1,"é"]}"#);
    assert_eq!(ann.next().await, all);
    assert_eq!(ann.next().await, Received::text("to the room"));
    assert_eq!(ann.next().await, Received::text("a value of its own"));
    assert_eq!(bob.next().await, all);
    assert_eq!(bob.next().await, Received::Binary(vec![0, 255]));
    assert_eq!(bob.next().await, Received::text("a value of its own"));
}

/// The id of a JSON client; plain clients are not told theirs.
async fn connection_id(client: &webpubsub::WebPubSubServiceClient) -> (String, impl Sized) {
    use futures_util::StreamExt as _;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

    let token = ClientAccessToken::new()
        .user_id("json")
        .role(Role::SendToAnyGroup);
    let url = client.client_access_url(token).await.unwrap();
    let mut request = url.expose_url().into_client_request().unwrap();
    request.headers_mut().insert(
        "sec-websocket-protocol",
        "json.webpubsub.azure.v1".parse().unwrap(),
    );
    let (mut socket, _) = Box::pin(tokio_tungstenite::connect_async(request))
        .await
        .unwrap();
    let greeting = crate::support::soon(socket.next()).await.unwrap().unwrap();
    let greeting: serde_json::Value = serde_json::from_str(greeting.to_text().unwrap()).unwrap();
    (
        greeting["connectionId"].as_str().unwrap().to_owned(),
        socket,
    )
}

#[tokio::test]
async fn connections_are_found_moved_and_closed() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    client.service_status().await.unwrap();
    assert!(!client.user_exists("json").await.unwrap());
    let (id, _socket) = connection_id(&client).await;

    assert!(client.connection_exists(&id).await.unwrap());
    assert!(client.user_exists("json").await.unwrap());
    assert!(!client.group_exists("room").await.unwrap());
    client.add_connection_to_group("room", &id).await.unwrap();
    assert!(client.group_exists("room").await.unwrap());
    client
        .remove_connection_from_group("room", &id)
        .await
        .unwrap();
    assert!(!client.group_exists("room").await.unwrap());
    client.close_connection(&id).reason("bye").await.unwrap();
    assert!(!client.connection_exists(&id).await.unwrap());
    client.close_connection(&id).await.unwrap();
}

#[tokio::test]
async fn options_chain_on_the_call() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let (id, _socket) = connection_id(&client).await;
    let mut ann = Receiver::of(&client, "ann", &["room"]).await;
    client
        .send_to_group("room", Message::text("with options"))
        .excluded([id.as_str(), "another"])
        .excluded(vec![String::from("a third")])
        .message_ttl(Duration::from_secs(300))
        .await
        .unwrap();
    assert_eq!(ann.next().await, Received::text("with options"));
}

#[tokio::test]
async fn clones_share_a_client_and_calls_can_run_side_by_side() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let mut ann = Receiver::of(&client, "ann", &[]).await;
    let calls = (0..50).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.send_to_all(Message::text(n.to_string())).await })
    });
    for call in futures_util::future::join_all(calls).await {
        call.unwrap().unwrap();
    }
    let mut received = Vec::new();
    for _ in 0..50 {
        let Received::Text(text) = ann.next().await else {
            panic!("only texts were sent")
        };
        received.push(text.parse::<u32>().unwrap());
    }
    received.sort_unstable();
    assert_eq!(received, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_client_is_made_and_dropped_without_a_runtime() {
    let text = "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=k;";
    let client = webpubsub::WebPubSubServiceClient::from_connection_string(text, "chat").unwrap();
    let call = client.send_to_all(Message::text("x"));
    assert_eq!(
        format!("{call:?}"),
        r#"Call { operation: "send_to_all", .. }"#
    );
    let client = client.clone();
    assert_eq!(
        client.endpoint().to_string(),
        "https://contoso.webpubsub.azure.com"
    );
}

#[test]
fn futures_and_clients_cross_threads() {
    fn crosses<T: Send>(_: &T) {}
    fn shared<T: Send + Sync>(_: &T) {}
    let text = "Endpoint=http://localhost;AccessKey=k;";
    let client = webpubsub::WebPubSubServiceClient::from_connection_string(text, "chat").unwrap();
    shared(&client);
    crosses(&client.send_to_all(Message::text("x")).into_future());
    crosses(&client.client_access_url(ClientAccessToken::new()));
}
