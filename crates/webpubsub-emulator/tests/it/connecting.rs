use http::StatusCode;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use webpubsub_auth::jwt;

use crate::support::{JSON, Service, key, now, soon, user};

/// The head of the answer to a request, whose connection stays open.
pub(crate) async fn answer_to(service: &Service, request: &str) -> String {
    soon(async {
        let mut stream = TcpStream::connect(service.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(answer).unwrap()
    })
    .await
}

#[tokio::test]
async fn clients_find_the_hub_by_path_or_query() {
    let service = Service::start().await;
    let url = service.client_url(user("ann"));
    for way in ["/client/?hub=h&", "/client?hub=h&", "/client/hubs/H?"] {
        let url = url.replace("/client/hubs/h?", way);
        let mut client = service.connect_to(&url, Some(JSON)).await.unwrap();
        assert_eq!(client.next_json().await["userId"], "ann");
    }
}

#[tokio::test]
async fn a_hub_in_the_path_wins_over_one_in_the_query() {
    let service = Service::start().await;
    let url = service.client_url(user("ann")) + "&hub=other";
    let mut client = service.connect_to(&url, Some(JSON)).await.unwrap();
    assert_eq!(client.next_json().await["event"], "connected");
    assert_eq!(service.rest("HEAD", "/users/ann").await.status, 200);
}

#[tokio::test]
async fn the_greeting_names_connection_and_user() {
    let service = Service::start().await;
    let url = service.client_url(webpubsub_auth::ClientAccessToken::new());
    let mut anonymous = service.connect_to(&url, Some(JSON)).await.unwrap();
    let greeting = anonymous.next_json().await;
    let id = greeting["connectionId"].as_str().unwrap();
    assert_eq!(
        greeting,
        json!({ "type": "system", "event": "connected", "connectionId": id })
    );
    // The shape of the service's ids: random, but for the end, which an instance's connections share.
    let other = service.json(user("ann")).await.id;
    assert_eq!((id.len(), other.len()), (31, 31));
    assert_eq!(id[22..], other[22..]);
    assert_ne!(id[..22], other[..22]);
    assert!(id.ends_with("02"));
}

#[tokio::test]
async fn requests_that_are_no_handshake_are_refused() {
    let service = Service::start().await;
    let url = service.client_url(user("ann"));
    let path = url.split_once(&service.address().to_string()).unwrap().1;
    let handshake = [
        format!("GET {path} HTTP/1.1"),
        format!("host: {}", service.address()),
        "connection: keep-alive, Upgrade".to_owned(),
        "upgrade: WebSocket".to_owned(),
        "sec-websocket-version: 13".to_owned(),
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==".to_owned(),
    ];
    let whole = handshake.join("\r\n") + "\r\n\r\n";
    assert!(
        answer_to(&service, &whole)
            .await
            .starts_with("HTTP/1.1 101 ")
    );
    let in_two_lines = whole.replace("keep-alive, Upgrade", "keep-alive\r\nconnection: Upgrade");
    assert!(
        answer_to(&service, &in_two_lines)
            .await
            .starts_with("HTTP/1.1 101 ")
    );
    for missing in 2..handshake.len() {
        let lines = handshake
            .iter()
            .enumerate()
            .filter(|(line, _)| *line != missing);
        let part = lines
            .map(|(_, line)| line.as_str())
            .collect::<Vec<_>>()
            .join("\r\n")
            + "\r\n\r\n";
        let answer = answer_to(&service, &part).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 "),
            "without {}: {answer}",
            handshake[missing]
        );
    }
    let posted = whole.replace("GET", "POST");
    assert!(
        answer_to(&service, &posted)
            .await
            .starts_with("HTTP/1.1 400 ")
    );
}

#[tokio::test]
async fn what_a_client_asks_for_wrongly_is_a_bad_request() {
    let service = Service::start().await;
    let url = service.client_url(user("ann"));
    let bad = [
        url.replace("/client/hubs/h?", "/client/hubs/1x?"),
        url.replace("/client/hubs/h?", "/client/?"),
        url.replace("/client/hubs/h?", "/client/x/y?"),
        format!("{url}&webpubsub_mode=fly"),
        format!("{url}&webpubsub_mode=sendToGroup"),
        format!("{url}&webpubsub_mode=sendToGroup&group=%20"),
    ];
    for url in bad {
        assert_eq!(
            service.connect_to(&url, None).await.err(),
            Some(StatusCode::BAD_REQUEST),
            "{url}"
        );
    }
    let blank_group = json!({ "aud": service.url("/client/hubs/h"), "exp": now() + 60, "webpubsub.group": [" "] });
    let token = jwt::sign(&blank_group, &key()).unwrap();
    let url = format!(
        "{}?access_token={}",
        url.split('?').next().unwrap(),
        token.expose_secret()
    );
    assert_eq!(
        service.connect_to(&url, None).await.err(),
        Some(StatusCode::BAD_REQUEST)
    );
}

#[tokio::test]
async fn the_first_known_subprotocol_is_chosen_and_custom_ones_are_refused() {
    let service = Service::start().await;
    let connect = async |offer: &'static str| {
        let url = service.client_url(user("ann"));
        let path = url.split_once(&service.address().to_string()).unwrap().1;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: {offer}\r\n\r\n",
            service.address()
        );
        answer_to(&service, &request).await
    };
    let chosen =
        connect("fly, protobuf.reliable.webpubsub.azure.v1, json.webpubsub.azure.v1").await;
    assert!(
        chosen.contains("sec-websocket-protocol: protobuf.reliable.webpubsub.azure.v1"),
        "{chosen}"
    );
    let refused = connect("graphql-ws").await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
}
