use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Request, Response};
use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer, util::MapRequestLayer};
use tower_test::mock::Handle;
use webpubsub::{
    Async, Builder, ErrorKind, Message, WebPubSubServiceClient,
    transport::{Body, RetryLayer, TransportConfig},
};
use webpubsub_emulator::Emulator;

use crate::support::{Received, Receiver, client_of, emulator};

type Seen = Arc<Mutex<Vec<&'static str>>>;

/// Notes each request that passes.
fn note(
    name: &'static str,
    seen: &Seen,
) -> impl Fn(Request<Body>) -> Request<Body> + Clone + Send + Sync + use<> {
    let seen = Arc::clone(seen);
    move |request| {
        seen.lock().unwrap().push(name);
        request
    }
}

fn builder_for(emulator: &Emulator) -> Builder<Async> {
    WebPubSubServiceClient::builder()
        .connection_string(&emulator.connection_string())
        .hub("h")
}

/// Settings that lose no time between attempts.
fn hasty() -> TransportConfig {
    let mut config = TransportConfig::default();
    config.retry.base_delay = Duration::from_millis(1);
    config
}

fn answer(status: u16) -> Response<Body> {
    let answer = Response::builder().status(status);
    answer.body(Body::default()).unwrap()
}

/// A client over a service that is played by hand.
fn mocked() -> (
    WebPubSubServiceClient,
    Handle<Request<Body>, Response<Body>>,
) {
    let (mock, service) = tower_test::mock::pair();
    let client = WebPubSubServiceClient::with_service("https://example.com", "chat", mock);
    (client.unwrap(), service)
}

#[tokio::test]
async fn layers_go_around_the_default_stack_the_first_outermost() {
    let emulator = emulator().await;
    let seen = Seen::default();
    let client = builder_for(&emulator)
        .layer(MapRequestLayer::new(note("outer", &seen)))
        .layer(MapRequestLayer::new(note("inner", &seen)))
        .layer(ConcurrencyLimitLayer::new(1))
        .build()
        .unwrap();
    let mut ann = Receiver::of(&client_of(&emulator), "ann", &[]).await;
    client.send_to_all(Message::text("through")).await.unwrap();
    assert_eq!(ann.next().await, Received::text("through"));
    assert_eq!(*seen.lock().unwrap(), ["outer", "inner"]);
}

#[tokio::test]
async fn a_layer_sees_an_operation_once_however_often_it_is_tried() {
    let emulator = emulator().await;
    let seen = Seen::default();
    let client = builder_for(&emulator)
        .config(hasty())
        .layer(MapRequestLayer::new(note("layer", &seen)))
        .build()
        .unwrap();
    emulator.stop().await;
    let error = client.send_to_all(Message::text("x")).await.unwrap_err();
    assert_eq!((error.attempts(), seen.lock().unwrap().len()), (4, 1));
}

#[tokio::test]
async fn the_bricks_of_the_default_stack_make_one_of_your_own() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    let flaky = tower::service_fn(move |_: Request<Body>| {
        let status = if counter.fetch_add(1, Ordering::Relaxed) < 2 {
            429
        } else {
            202
        };
        async move { Ok::<_, webpubsub::transport::BoxError>(answer(status)) }
    });
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(&hasty().retry).unwrap())
        .service(flaky);
    let client = WebPubSubServiceClient::with_service("https://example.com", "h", stack).unwrap();
    client.send_to_all(Message::text("x")).await.unwrap();
    assert_eq!(tries.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn the_whole_request_crosses_the_seam_and_the_answer_comes_back() {
    let (client, mut service) = mocked();
    let serve = async {
        let (request, reply) = service.next_request().await.unwrap();
        reply.send_response(answer(202));
        request
    };
    let (sent, request) = tokio::join!(
        client
            .send_to_user("ann", Message::text("hi"))
            .into_future(),
        serve
    );
    sent.unwrap();
    let id = request.headers()["x-ms-client-request-id"]
        .to_str()
        .unwrap();
    let head = format!(
        "{} {}\n{:?}",
        request.method(),
        request.uri(),
        request.headers()
    );
    insta::assert_snapshot!(head.replace(id, "[id]"), @r#"
    POST https://example.com/api/hubs/chat/users/ann/:send?api-version=2024-12-01
    {"accept": "application/json", "content-length": "2", "content-type": "text/plain", "x-ms-client-request-id": "[id]"}
    "#);
    assert_eq!(request.into_body().into_bytes(), "hi");
}

#[tokio::test]
async fn a_service_that_fails_before_it_is_called_fails_the_call() {
    let (client, mut service) = mocked();
    service.send_error("closed for today");
    let error = client.send_to_all(Message::text("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Custom, 0));
    assert_eq!(error.to_string(), "send_to_all: closed for today");
}

#[tokio::test]
async fn a_layer_around_each_attempt_sees_every_repeat() {
    let emulator = emulator().await;
    let seen = Seen::default();
    let client = builder_for(&emulator)
        .layer(MapRequestLayer::new(note("operation", &seen)))
        .attempt_layer(MapRequestLayer::new(note("outer", &seen)))
        .attempt_layer(MapRequestLayer::new(note("inner", &seen)))
        .config(hasty())
        .build()
        .unwrap();
    emulator.stop().await;
    client
        .send_to_all(Message::text("x"))
        .max_retries(1)
        .await
        .unwrap_err();
    assert_eq!(
        *seen.lock().unwrap(),
        ["operation", "outer", "inner", "outer", "inner"]
    );
}

#[tokio::test]
async fn settings_hold_whichever_comes_first() {
    let emulator = emulator().await;
    let builder = || builder_for(&emulator);
    let nowhere = || "http://127.0.0.1:1/gateway";
    let config = TransportConfig::default;
    for client in [
        builder().reverse_proxy_endpoint(nowhere()).config(config()),
        builder().config(config()).reverse_proxy_endpoint(nowhere()),
    ] {
        let client = client.logging(true).build().unwrap();
        let call = client.user_exists("ann").max_retries(0);
        assert!(call.await.unwrap_err().is_connect());
    }
    assert!(!builder().build().unwrap().user_exists("ann").await.unwrap());
    let insecure = builder()
        .reverse_proxy_endpoint("http://gateway.example.com")
        .build();
    assert_eq!(insecure.unwrap_err().kind(), ErrorKind::Config);
}
