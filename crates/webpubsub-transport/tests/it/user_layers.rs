use std::sync::{Arc, Mutex};

use http::{HeaderValue, Request, header};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use tower::{Layer as _, limit::ConcurrencyLimitLayer, util::MapRequestLayer};
use webpubsub_transport::{Body, Layers, TransportConfig, default_stack_with};

use crate::support::{answer, authorizer, outcome, read_head, scripted, send};

type Seen = Arc<Mutex<Vec<String>>>;

/// Notes what of a request a layer sees, under its name.
fn note(
    name: &'static str,
    seen: &Seen,
) -> impl Fn(Request<Body>) -> Request<Body> + Clone + Send + Sync + use<> {
    let seen = Arc::clone(seen);
    move |request| {
        let authorized = request.headers().contains_key(header::AUTHORIZATION);
        seen.lock()
            .unwrap()
            .push(format!("{name}, authorized: {authorized}"));
        request
    }
}

#[tokio::test]
async fn the_first_layer_is_the_outermost() {
    let (service, _) = scripted([answer(202, &[])]);
    let seen = Seen::default();
    let mut layers = Layers::default();
    assert!(layers.is_empty());
    layers.push(MapRequestLayer::new(note("outer", &seen)));
    layers.push(ConcurrencyLimitLayer::new(1));
    layers.push(MapRequestLayer::new(note("inner", &seen)));
    assert_eq!(format!("{layers:?}"), "Layers(3)");
    outcome(layers.layer(service), send("https://example.com"))
        .await
        .0
        .unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["outer, authorized: false", "inner, authorized: false"]
    );
}

#[tokio::test]
async fn each_attempt_passes_them_before_it_is_authorized() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heads = Vec::new();
        for status in [429, 202] {
            heads.push(read_head(&mut stream).await);
            // The body, hello, is read too.
            let answer =
                format!("HTTP/1.1 {status} X\r\nretry-after-ms: 0\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        heads
    });
    let seen = Seen::default();
    let mut layers = Layers::default();
    layers.push(MapRequestLayer::new(note("attempt", &seen)));
    layers.push(MapRequestLayer::new(|mut request: Request<Body>| {
        let value = HeaderValue::from_static("yes");
        request.headers_mut().insert("x-changed", value);
        request
    }));
    let (config, endpoint) = (TransportConfig::default(), url.parse().unwrap());
    let stack = default_stack_with(&config, &endpoint, authorizer(), &layers).unwrap();
    let (result, attempts) = outcome(stack, send(&url)).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (202, 2));
    assert_eq!(*seen.lock().unwrap(), ["attempt, authorized: false"; 2]);
    for head in server.await.unwrap() {
        assert!(head.contains("x-changed: yes\r\n"), "{head}");
    }
}
