use http::{HeaderValue, Request, header};
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceBuilder};
use webpubsub_auth::{AccessKey, TokenClaims, jwt};
use webpubsub_protocol::Endpoint;
use webpubsub_transport::{
    AuthLayer, Body, Error, ErrorKind, ReverseProxyLayer, TransportConfig, default_stack,
};

use crate::support::{CANARY, answer, authorizer, outcome, read_head, scripted, send};

fn layer(from: &str, to: &str) -> ReverseProxyLayer {
    ReverseProxyLayer::new(&endpoint(from), &endpoint(to)).unwrap()
}

fn endpoint(text: &str) -> Endpoint {
    text.parse().unwrap()
}

fn get(url: &str) -> Request<Body> {
    Request::get(url).body(Body::default()).unwrap()
}

#[tokio::test]
async fn scheme_host_port_and_prefix_are_replaced_and_the_rest_stays() {
    let table = [
        (
            "https://a",
            "https://b",
            "https://a/x?q=%20&p#f",
            "https://b/x?q=%20&p",
        ),
        (
            "https://a",
            "https://b:8443/in",
            "https://a/x%2Fy/?q",
            "https://b:8443/in/x%2Fy/?q",
        ),
        ("https://a/v1", "https://b", "https://a/v1/x", "https://b/x"),
        (
            "https://a/v1",
            "https://b/v2",
            "https://a/v1/",
            "https://b/v2/",
        ),
        (
            "https://a",
            "http://localhost:1",
            "https://A:443/x",
            "http://localhost:1/x",
        ),
        (
            "https://a:1",
            "https://b",
            "https://user:password@a:1/x",
            "https://b/x",
        ),
        (
            "http://[::1]:8080",
            "https://b",
            "http://[::1]:8080/x",
            "https://b/x",
        ),
    ];
    for (from, to, url, expected) in table {
        let (service, seen) = scripted([answer(200, &[])]);
        outcome(layer(from, to).layer(service), get(url))
            .await
            .0
            .unwrap();
        assert_eq!(seen.lock().unwrap()[0].uri(), expected, "{url}");
    }
}

#[tokio::test]
async fn what_is_not_below_the_endpoint_is_not_sent() {
    let from = "https://contoso.example/v1";
    for url in [
        "https://evil.example/v1/x",
        "https://contoso.example.evil.example/v1/x",
        "https://contoso.example@evil.example/v1/x",
        "http://contoso.example/v1/x",
        "https://contoso.example:444/v1/x",
        "https://contoso.example/v10/x",
        "https://contoso.example/",
        "https://contoso.example/v1",
        "https://contoso.example/v1/../x",
        "https://contoso.example/v1/x/.%2E",
        "https://contoso.example/v1/a%2f..%2F../x",
        "https://contoso.example/v1/a%5C..",
        "/v1/x",
    ] {
        let (service, seen) = scripted([]);
        let service = layer(from, "https://proxy.example").layer(service);
        let error = outcome(service, get(url)).await.0.unwrap_err();
        let error = error.downcast_ref::<Error>().unwrap();
        assert_eq!(error.kind(), ErrorKind::Auth);
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"the URL is not below the endpoint, so it has no way through the reverse proxy");
        }
        assert!(seen.lock().unwrap().is_empty(), "{url}");
    }
}

#[test]
fn tokens_go_to_a_proxy_with_https_or_on_this_machine_only() {
    let from = endpoint("https://contoso.example");
    for to in [
        "http://proxy.example",
        "http://10.0.0.1",
        "http://localhost.evil.example",
    ] {
        let error = ReverseProxyLayer::new(&from, &endpoint(to)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"`reverse_proxy_endpoint` must be https, or this machine");
        }
        let mut config = TransportConfig::default();
        config.reverse_proxy_endpoint = Some(endpoint(to));
        let error = default_stack(&config, &from, authorizer()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    }
}

#[tokio::test]
async fn the_token_is_for_the_original_url_and_the_host_is_the_proxy() {
    let (service, seen) = scripted([answer(202, &[])]);
    let service = ServiceBuilder::new()
        .layer(AuthLayer::new(authorizer()))
        .layer(layer("https://contoso.example", "https://proxy.example/in"))
        .service(service);
    let mut request = send("https://contoso.example");
    let url = request.uri().to_string();
    let host = HeaderValue::from_static("contoso.example");
    request.headers_mut().insert(header::HOST, host);
    outcome(service, request).await.0.unwrap();

    let seen = seen.lock().unwrap();
    let token = seen[0].headers()[header::AUTHORIZATION].to_str().unwrap();
    let key = AccessKey::new(CANARY).unwrap();
    let claims: TokenClaims = jwt::verify(token.trim_start_matches("Bearer "), &key).unwrap();
    assert_eq!(claims.aud, url);
    assert_eq!(seen[0].uri().host(), Some("proxy.example"));
    assert!(!seen[0].headers().contains_key(header::HOST));
}

#[tokio::test]
async fn a_stack_with_a_proxy_sends_there_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await
    });
    let mut config = TransportConfig::default();
    config.reverse_proxy_endpoint = Some(endpoint(&format!("http://{address}/in")));
    let url = "https://contoso.example";
    let stack = default_stack(&config, &endpoint(url), authorizer()).unwrap();
    // The server hangs up.
    outcome(stack, send(url)).await.0.unwrap_err();
    let head = server.await.unwrap().to_ascii_lowercase();
    assert!(
        head.starts_with("post /in/api/hubs/chat/:send?api-version="),
        "{head}"
    );
    assert!(head.contains(&format!("\r\nhost: {address}\r\n")), "{head}");
}
