use std::{sync::Arc, time::Duration};

use http::{Request, Response, header};
use http_body_util::Full;
use tower::{Layer as _, ServiceExt as _};
use webpubsub_auth::{Authorizer, BoxFuture};
use webpubsub_transport::{
    AuthLayer, Body, BoxError, CollectBodyLayer, Error, ErrorKind, RequestId, RequestIdLayer,
    RetryConfig, RetryLayer, TimeoutLayer, TransportConfig, UserAgentLayer, default_stack,
};

use crate::support::{answer, ask, authorizer, bytes, outcome, scripted, send};

fn kind(error: &BoxError) -> ErrorKind {
    error.downcast_ref::<Error>().unwrap().kind()
}

#[tokio::test]
async fn all_attempts_share_a_request_id_and_each_has_its_own_token() {
    let (service, seen) = scripted([answer(429, &[("retry-after-ms", "0")]), answer(202, &[])]);
    let service = AuthLayer::new(authorizer()).layer(service);
    let service = RetryLayer::new(&RetryConfig::default())
        .unwrap()
        .layer(service);
    let service = RequestIdLayer::new().layer(service);
    outcome(service, send("https://example.com"))
        .await
        .0
        .unwrap();

    let seen = seen.lock().unwrap();
    let ids: Vec<_> = seen
        .iter()
        .map(|request| &request.headers()["x-ms-client-request-id"])
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert!(
        seen.iter()
            .all(|request| request.headers().contains_key(header::AUTHORIZATION))
    );
}

#[test]
fn a_request_id_is_a_random_uuid() {
    let (one, other) = (RequestId::random(), RequestId::random());
    assert_ne!(one, other);
    let shape: String = one
        .as_str()
        .chars()
        .map(|c| if c.is_ascii_hexdigit() { 'x' } else { c })
        .collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    assert_eq!(&one.as_str()[14..15], "4");
    assert!("89ab".contains(&one.as_str()[19..20]));
}

#[tokio::test]
async fn a_request_id_that_is_there_is_kept() {
    let (service, seen) = scripted([answer(202, &[])]);
    let mut request = send("https://example.com");
    request
        .headers_mut()
        .insert("x-ms-client-request-id", "mine".parse().unwrap());
    outcome(RequestIdLayer::new().layer(service), request)
        .await
        .0
        .unwrap();
    assert_eq!(
        seen.lock().unwrap()[0].headers()["x-ms-client-request-id"],
        "mine"
    );
}

#[tokio::test]
async fn the_user_agent_names_the_application_first() {
    let (service, seen) = scripted([answer(202, &[])]);
    outcome(
        UserAgentLayer::new(Some("shop/2")).unwrap().layer(service),
        send("https://example.com"),
    )
    .await
    .0
    .unwrap();
    let seen = seen.lock().unwrap();
    let value = seen[0].headers()[header::USER_AGENT].to_str().unwrap();
    assert!(
        value.starts_with(concat!(
            "shop/2 webpubsub/",
            env!("CARGO_PKG_VERSION"),
            " (rust; "
        )),
        "{value}"
    );
    for id in ["", "with space", "é", "a\n", &"x".repeat(25)] {
        let error = UserAgentLayer::new(Some(id)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    }
}

#[tokio::test]
async fn a_token_goes_to_https_or_to_this_machine_only() {
    for endpoint in [
        "https://example.com",
        "http://localhost:1",
        "http://127.0.0.1",
        "http://[::1]:8080",
    ] {
        let (service, seen) = scripted([answer(202, &[])]);
        outcome(AuthLayer::new(authorizer()).layer(service), send(endpoint))
            .await
            .0
            .unwrap();
        let seen = seen.lock().unwrap();
        let value = &seen[0].headers()[header::AUTHORIZATION];
        assert!(value.is_sensitive());
        assert!(value.to_str().unwrap().starts_with("Bearer ey"));
    }
    for endpoint in [
        "http://example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
    ] {
        let (service, seen) = scripted([]);
        let (result, _) =
            outcome(AuthLayer::new(authorizer()).layer(service), send(endpoint)).await;
        let error = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "a token is sent to https or to this machine only"
        );
        assert!(
            seen.lock().unwrap().is_empty(),
            "nothing is sent to {endpoint}"
        );
    }
}

/// An authorizer without a token.
struct Broken;

impl Authorizer for Broken {
    fn authorize<'a>(
        &'a self,
        _: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<http::HeaderValue, webpubsub_auth::Error>> {
        Box::pin(async { Err(webpubsub_auth::AccessKey::new("").unwrap_err()) })
    }
}

#[tokio::test]
async fn what_cannot_be_authorized_is_not_sent_and_not_tried_again() {
    let (service, seen) = scripted([]);
    let service = AuthLayer::new(Arc::new(Broken)).layer(service);
    let service = RetryLayer::new(&RetryConfig::default())
        .unwrap()
        .layer(service);
    let (result, attempts) = outcome(service, ask("https://example.com")).await;
    let error = result.unwrap_err();
    assert_eq!((kind(&error), attempts), (ErrorKind::Auth, 1));
    assert!(error.source().is_some());
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let large = || {
        tower::service_fn(|_: Request<Body>| async {
            Ok::<_, std::convert::Infallible>(Response::new(Full::new(bytes(100))))
        })
    };
    let whole = CollectBodyLayer::new(100)
        .layer(large())
        .oneshot(send("https://example.com"))
        .await
        .unwrap();
    assert_eq!(whole.into_body().into_bytes(), bytes(100));
    let error = CollectBodyLayer::new(99)
        .layer(large())
        .oneshot(send("https://example.com"))
        .await
        .unwrap_err();
    assert_eq!(kind(&error), ErrorKind::TooLarge);
}

#[test]
fn settings_are_printed_in_full() {
    insta::assert_debug_snapshot!(TransportConfig::default());
}

#[tokio::test(start_paused = true)]
async fn errors_say_what_happened_once() {
    let never = tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
    let timeout = TimeoutLayer::attempt(Duration::from_secs(20)).layer(never);
    let timeout = outcome(timeout, send("https://example.com")).await.0;
    let unauthorized = AuthLayer::new(Arc::new(Broken)).layer(scripted([]).0);
    let unauthorized = outcome(unauthorized, send("https://example.com")).await.0;
    let insecure = AuthLayer::new(authorizer()).layer(scripted([]).0);
    let insecure = outcome(insecure, send("http://example.com")).await.0;
    let large = CollectBodyLayer::new(0).layer(tower::service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(Response::new(Full::new(bytes(1))))
    }));
    let large = outcome(large, send("https://example.com")).await.0;
    let config = UserAgentLayer::new(Some("")).unwrap_err();
    let errors: Vec<BoxError> = vec![
        Error::connect("refused").into(),
        Error::io("reset").into(),
        timeout.unwrap_err(),
        unauthorized.unwrap_err(),
        insecure.unwrap_err(),
        large.unwrap_err(),
        config.into(),
    ];
    insta::assert_debug_snapshot!(errors);
    for error in errors {
        let source = error.source().map(ToString::to_string);
        assert!(source.is_none_or(|source| !error.to_string().contains(&source)));
    }
}

#[test]
fn a_call_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Clone + Send + Sync>(_: &T) {}
    let (service, _) = scripted([]);
    is_shared(&service);
    is_send(&service.oneshot(send("https://example.com")));
}

#[test]
fn a_stack_is_built_and_dropped_outside_of_a_runtime() {
    for endpoint in ["http://localhost:8080", "https://example.com"] {
        let endpoint = endpoint.parse().unwrap();
        default_stack(&TransportConfig::default(), &endpoint, authorizer()).unwrap();
    }
}

#[test]
fn a_body_states_its_length() {
    use http_body::Body as _;
    assert_eq!(Body::from("hello").size_hint().exact(), Some(5));
    assert_eq!(format!("{:?}", Body::from("hello")), "Body(5 bytes)");
    assert!(Body::default().is_end_stream());
}
