use std::{error::Error as _, time::Duration};

use http::{Request, Response, StatusCode};
use webpubsub::{
    AccessKey, ClientAccessToken, ErrorKind, Message, WebPubSubServiceClient,
    transport::{Body, TransportConfig},
};

use crate::support::{client_of, emulator};

#[tokio::test]
async fn an_error_of_the_service_keeps_all_it_said() {
    let emulator = emulator().await;
    let error = client_of(&emulator)
        .add_connection_to_group("room", "gone")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.service_code(), Some("Error.Connection.NotExisted"));
    assert_eq!(
        error.service_error().unwrap().message(),
        Some("Connection `gone` is not found.")
    );
    assert_eq!(error.operation(), Some("add_connection_to_group"));
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.client_request_id().unwrap().len(), 36);
    assert!(error.source().is_none());
    insta::assert_snapshot!(
        error,
        @"add_connection_to_group: the service answered 404 Not Found (Error.Connection.NotExisted)"
    );
}

#[tokio::test]
async fn a_wrong_key_is_an_error_of_authorization() {
    let emulator = emulator().await;
    let key = AccessKey::new("another-key").unwrap();
    let client = WebPubSubServiceClient::new(emulator.endpoint().to_string(), key, "h").unwrap();
    let error = client.send_to_all(Message::text("x")).await.unwrap_err();
    assert!(error.is_auth());
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::UNAUTHORIZED), 1)
    );
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_by_the_service() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let size = webpubsub::MAX_MESSAGE_BYTES;
    client
        .send_to_all(Message::text("x".repeat(size)))
        .await
        .unwrap();
    let error = client
        .send_to_all(Message::text("x".repeat(size + 1)))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(
        error.service_error().unwrap().message(),
        Some("Invalid Content-Length header.")
    );
    client
        .send_to_all(Message::text("still there"))
        .await
        .unwrap();
}

/// A client whose connections are refused: nobody listens where an emulator was.
async fn unreachable() -> WebPubSubServiceClient {
    let emulator = emulator().await;
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::from_millis(1);
    config.retry.max_retries = 2;
    let client = WebPubSubServiceClient::builder()
        .connection_string(&emulator.connection_string())
        .hub("h")
        .config(config)
        .build()
        .unwrap();
    emulator.stop().await;
    client
}

#[tokio::test]
async fn a_refused_connection_counts_its_attempts() {
    let error = unreachable()
        .await
        .send_to_all(Message::text("x"))
        .await
        .unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.attempts(), 3);
    assert!(error.source().is_some());
    insta::assert_snapshot!(error, @"send_to_all: could not connect to the service after 3 attempts");
}

/// A client over a service that always gives this answer.
fn answering(
    status: u16,
    headers: &'static [(&str, &str)],
    body: &'static str,
) -> WebPubSubServiceClient {
    let service = tower::service_fn(move |_: Request<Body>| async move {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Body::from(body))
    });
    WebPubSubServiceClient::with_service("https://example.com", "h", service).unwrap()
}

#[tokio::test]
async fn the_wait_the_service_asks_for_is_told() {
    let client = answering(
        429,
        &[
            ("retry-after", "7"),
            ("x-ms-request-id", "from the service"),
        ],
        "",
    );
    let error = client.send_to_all(Message::text("x")).await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.request_id(), Some("from the service"));
}

#[tokio::test]
async fn any_answer_is_an_error_or_a_result() {
    for (status, body) in [
        (500, "<html>"),
        (502, ""),
        (302, ""),
        (404, r#"{"code":"X"}"#),
        (418, "\u{0}"),
    ] {
        let client = answering(status, &[], body);
        let error = client.send_to_all(Message::text("x")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status().unwrap().as_u16()),
            (ErrorKind::Service, status)
        );
    }
    assert!(!answering(404, &[], "").user_exists("ann").await.unwrap());
    assert!(answering(200, &[], "").user_exists("ann").await.unwrap());
}

#[tokio::test]
async fn a_custom_stack_keeps_its_error() {
    let service = tower::service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(std::io::Error::other("my own"))
    });
    let client = WebPubSubServiceClient::with_service("https://example.com", "h", service).unwrap();
    let error = client.send_to_all(Message::text("x")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Custom, "send_to_all: my own".to_owned())
    );
    let error = client
        .client_access_url(ClientAccessToken::new())
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "client_access_url: my own");
}

#[test]
fn a_token_that_breaks_a_rule_is_an_error_of_its_parameter() {
    let text = "Endpoint=https://example.com;AccessKey=k";
    let client = WebPubSubServiceClient::from_connection_string(text, "h").unwrap();
    let url = client.client_access_url(ClientAccessToken::new().user_id(""));
    let error = futures_util::FutureExt::now_or_never(url)
        .unwrap()
        .unwrap_err();
    insta::assert_snapshot!(error, @"client_access_url: invalid `userId`: must not be empty");
}
