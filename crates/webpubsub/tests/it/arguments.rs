use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Request, Response};
use webpubsub::{
    Error, ErrorKind, Message, WebPubSubServiceClient,
    transport::{Body, Proxy},
};

/// A client over a service that counts what reaches it.
fn counted() -> (WebPubSubServiceClient, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let service = tower::service_fn(move |_: Request<Body>| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, std::convert::Infallible>(Response::new(Body::default())) }
    });
    (
        WebPubSubServiceClient::with_service("https://example.com", "chat", service).unwrap(),
        count,
    )
}

#[tokio::test]
async fn what_breaks_a_rule_is_never_sent() {
    let (client, count) = counted();
    let message = || Message::text("x");
    let errors: [Error; 13] = [
        client.send_to_group("", message()).await.unwrap_err(),
        client
            .send_to_group(" ".repeat(3), message())
            .await
            .unwrap_err(),
        client.send_to_user("", message()).await.unwrap_err(),
        client.send_to_user("..", message()).await.unwrap_err(),
        client.send_to_connection("", message()).await.unwrap_err(),
        client
            .send_to_all(message())
            .message_ttl(Duration::from_secs(301))
            .await
            .unwrap_err(),
        client
            .send_to_all(message())
            .message_ttl(Duration::from_millis(1))
            .await
            .unwrap_err(),
        client
            .send_to_all(message())
            .excluded(["a", ""])
            .await
            .unwrap_err(),
        client.group_exists("\n").await.unwrap_err(),
        client.connection_exists(".").await.unwrap_err(),
        client.close_connection("").reason("x").await.unwrap_err(),
        client.add_connection_to_group("", "c").await.unwrap_err(),
        client
            .remove_connection_from_group("g", "")
            .await
            .unwrap_err(),
    ];
    let lines = errors.map(|error| {
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::InvalidArgument, 0)
        );
        assert!(error.parameter().is_some());
        error.to_string()
    });
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_first_broken_rule_is_the_error() {
    let (client, _) = counted();
    let call = client
        .send_to_group("", Message::text("x"))
        .excluded([""])
        .message_ttl(Duration::MAX);
    assert_eq!(call.await.unwrap_err().parameter(), Some("group"));
}

#[tokio::test]
async fn every_option_reaches_the_wire() {
    let seen = Arc::new(std::sync::Mutex::new(None));
    let slot = Arc::clone(&seen);
    let service = tower::service_fn(move |request: Request<Body>| {
        *slot.lock().unwrap() = Some(request.uri().to_string());
        async {
            let answer = Response::builder().status(202);
            Ok::<_, std::convert::Infallible>(answer.body(Body::default()).unwrap())
        }
    });
    let client =
        WebPubSubServiceClient::with_service("https://example.com/sub/", "chat", service).unwrap();
    client
        .send_to_group("room", Message::text("x"))
        .excluded(["a", "b"])
        .filter(webpubsub::Filter::raw("userId eq 'ann'"))
        .message_ttl(Duration::from_secs(5))
        .await
        .unwrap();
    insta::assert_snapshot!(
        seen.lock().unwrap().take().unwrap(),
        @"https://example.com/sub/api/hubs/chat/groups/room/:send?api-version=2024-12-01&excluded=a&excluded=b&filter=userId%20eq%20%27ann%27&messageTtlSeconds=5"
    );
}

#[test]
fn settings_that_do_not_fit_are_named() {
    let build = |client: Result<WebPubSubServiceClient, Error>| {
        let error = client.unwrap_err();
        format!("{:?}: {error}", error.kind())
    };
    let endpoint = "https://example.com";
    let key = || webpubsub::AccessKey::new("k").unwrap();
    let builder = WebPubSubServiceClient::builder;
    let mut config = webpubsub::transport::TransportConfig::default();
    config.application_id = Some("with space".into());
    let lines = [
        build(builder().build()),
        build(builder().endpoint(endpoint).hub("chat").build()),
        build(builder().endpoint(endpoint).credential(key()).build()),
        build(builder().endpoint("example.com").hub("1x").build()),
        build(WebPubSubServiceClient::new(endpoint, key(), "1x")),
        build(WebPubSubServiceClient::from_connection_string(
            "Endpoint=https://example.com",
            "chat",
        )),
        build(WebPubSubServiceClient::from_connection_string(
            "Endpoint=x;AccessKey=k",
            "chat",
        )),
        build(
            builder()
                .endpoint(endpoint)
                .credential(key())
                .hub("chat")
                .config(config)
                .build(),
        ),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_borrowed_key_and_endpoint_make_a_client_too() {
    let connection_string = "Endpoint=https://example.com;AccessKey=k";
    let connection: webpubsub::ConnectionString = connection_string.parse().unwrap();
    let client =
        WebPubSubServiceClient::new(connection.endpoint(), connection.access_key(), "chat");
    assert_eq!(client.unwrap().endpoint(), connection.endpoint());
}

#[test]
fn a_setting_of_the_transport_that_is_refused_is_an_error_of_this_crate() {
    fn proxy() -> Result<Proxy, Error> {
        Ok(Proxy::with_credentials("no url", "ann", "secret")?)
    }
    assert_eq!(proxy().unwrap_err().kind(), ErrorKind::Config);
}
