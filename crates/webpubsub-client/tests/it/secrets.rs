use std::fmt::Debug;

use http::{HeaderName, HeaderValue};
use serde_json::json;
use webpubsub_client::{ClientUrl, Event, Message, WebPubSubClient, WebPubSubClientCredential};

use crate::{
    scripted::Server,
    support::{next, soon, started_with},
};

fn shows_nothing(value: &impl Debug) {
    let printed = format!("{value:?} {value:#?}");
    assert!(!printed.contains("CANARY"), "{printed}");
}

#[tokio::test]
async fn tokens_and_payloads_are_never_printed() {
    let server = Server::start().await;
    let url = server.url();
    shows_nothing(&ClientUrl::try_from(&*url).unwrap());
    shows_nothing(&WebPubSubClientCredential::from(&*url));
    let key = HeaderValue::from_static("CANARY");
    let builder = WebPubSubClient::builder(&*url);
    shows_nothing(&builder.header(HeaderName::from_static("x-gateway-key"), key));
    let connection_string = "Endpoint=https://a;AccessKey=CANARY;";
    let token = webpubsub_client::ClientAccessToken::new().user_id("CANARY");
    let signed = WebPubSubClientCredential::from_connection_string(connection_string, "h", token);
    shows_nothing(&signed.unwrap());

    let ((client, mut events), mut peer) = started_with(&server, server.client()).await;
    shows_nothing(&client);
    shows_nothing(&events);
    shows_nothing(&client.watch_state());
    let request = client.send_to_group("CANARY", Message::text("CANARY"));
    shows_nothing(&request);
    peer.send(json!({
        "type": "message", "from": "server", "dataType": "text", "data": "CANARY", "metadata": { "k": "CANARY" },
    }))
    .await;
    let event = next(&mut events).await;
    assert!(matches!(event, Event::ServerMessage(_)));
    shows_nothing(&event);

    // An error says what kind of failure it was; the service's own text, which can name a group, is to be asked for.
    let script = async {
        let frame = peer.next().await;
        let error = json!({ "name": "Forbidden", "message": "CANARY" });
        peer.send(
            json!({ "type": "ack", "ackId": frame["ackId"], "success": false, "error": error }),
        )
        .await;
    };
    let (refused, ()) = tokio::join!(soon(request.into_future()), script);
    let error = refused.unwrap_err();
    shows_nothing(&error);
    assert!(!error.to_string().contains("CANARY"), "{error}");
    assert_eq!(error.ack_error().unwrap().message, "CANARY");

    let (client, _events) = server.client().build().unwrap();
    let script = async {
        server
            .next()
            .await
            .refuse("401 Unauthorized", "CANARY")
            .await;
    };
    let (started, ()) = tokio::join!(soon(client.start()), script);
    shows_nothing(&started.unwrap_err());
}
