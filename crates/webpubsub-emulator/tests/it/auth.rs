use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde_json::{Value, json};
use webpubsub_auth::{AccessKey, ClientAccessToken, ConnectionString, jwt};
use webpubsub_emulator::Emulator;
use webpubsub_protocol::HubName;

use crate::support::{Service, head, key, user};

const PATH: &str = "/api/hubs/h/:send?api-version=2024-12-01";

fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The status of a send with a token of these claims.
async fn status(service: &Service, claims: &Value, key: &AccessKey) -> u16 {
    let token = jwt::sign(claims, key).unwrap();
    let bearer = format!("authorization: Bearer {}", token.expose_secret());
    let request = head(
        "POST",
        PATH,
        service.address(),
        &[&bearer, "content-length: 0"],
    );
    service.raw(request.as_bytes()).await.status
}

#[tokio::test]
async fn a_token_is_checked_as_by_the_service() {
    let service = Service::start().await;
    let url = service.url(PATH);
    let without_query = service.url("/api/hubs/h/:send");
    let fresh = |audience: &str| json!({ "aud": audience, "exp": now() + 60 });
    let good = [
        fresh(&url),
        fresh(&without_query),
        fresh(&url.to_uppercase()),
        fresh(&url.replace("http://", "https://")),
        fresh(&url.replace(":send", "%3Asend")),
        json!({ "aud": url, "exp": now() - 200 }),
        json!({ "aud": url, "exp": now() + 60, "nbf": now() + 200 }),
    ];
    for claims in good {
        assert_eq!(status(&service, &claims, &key()).await, 202, "{claims}");
    }
    let bad = [
        fresh(&service.url("/api/hubs/other/:send")),
        fresh("https://webpubsub.azure.com"),
        fresh(""),
        json!({ "aud": url, "exp": now() - 400 }),
        json!({ "aud": url, "exp": now() + 600, "nbf": now() + 400 }),
        json!({ "aud": url }),
        json!({ "exp": now() + 60 }),
    ];
    for claims in bad {
        assert_eq!(status(&service, &claims, &key()).await, 401, "{claims}");
    }
    assert_eq!(
        status(&service, &fresh(&url), &AccessKey::new("another").unwrap()).await,
        401
    );
}

#[tokio::test]
async fn either_access_key_is_good() {
    let builder = Emulator::builder().secondary_access_key("other");
    let service = Service::built(builder).await;
    let secondary: ConnectionString = service
        .0
        .secondary_connection_string()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(secondary.endpoint(), service.0.endpoint());

    let claims = json!({ "aud": service.url(PATH), "exp": now() + 60 });
    let third = AccessKey::new("third").unwrap();
    for (key, is_good) in [
        (&key(), true),
        (secondary.access_key(), true),
        (&third, false),
    ] {
        let expected = if is_good { 202 } else { 401 };
        assert_eq!(status(&service, &claims, key).await, expected);
        let hub = HubName::new("h").unwrap();
        let url = user("ann").sign(service.0.endpoint(), &hub, key).unwrap();
        let connected = service.connect_to(&url.expose_url(), None).await;
        assert_eq!(connected.is_ok(), is_good);
    }
}

#[tokio::test]
async fn a_refusal_says_nothing_but_its_status() {
    let service = Service::start().await;
    for authorization in [
        "x: y",
        "authorization: Bearer",
        "authorization: Bearer x.y.z",
        "authorization: Basic eA==",
    ] {
        let request = head(
            "POST",
            PATH,
            service.address(),
            &[authorization, "content-length: 0"],
        );
        let answer = service.raw(request.as_bytes()).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.text, @r"
            HTTP/1.1 401 Unauthorized
            api-supported-versions: 2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01
            connection: close
            content-length: 0
            ");
        }
    }
}

#[tokio::test]
async fn a_token_counts_before_the_body_does() {
    let service = Service::start().await;
    let too_large = vec![b'x'; 2_000_000];
    for (length, body) in [
        ("content-length: 2000000", &too_large[..]),
        ("x: no length", b""),
    ] {
        let head = head("POST", PATH, service.address(), &[length]);
        let request = [head.as_bytes(), body].concat();
        assert_eq!(service.raw(&request).await.status, 401, "{length}");
    }
}

#[tokio::test]
async fn a_client_is_turned_away_before_the_upgrade() {
    let service = Service::start().await;
    let hub = HubName::new("h").unwrap();
    let endpoint = service.0.endpoint();
    let wrong_key = user("ann")
        .sign(endpoint, &hub, &AccessKey::new("another").unwrap())
        .unwrap();
    let hours_ago = SystemTime::now() - Duration::from_secs(3 * 3600);
    let expired = user("ann")
        .sign_at(endpoint, &hub, &key(), hours_ago)
        .unwrap();
    let other_hub = user("ann")
        .sign(endpoint, &HubName::new("other").unwrap(), &key())
        .unwrap();
    let here = service.client_url(user("ann"));
    let here = here.split('?').next().unwrap();
    let urls = [
        here.to_owned(),
        format!("{here}?access_token=x"),
        wrong_key.expose_url(),
        expired.expose_url(),
        format!("{here}?access_token={}", other_hub.token().expose_secret()),
    ];
    for url in urls {
        assert_eq!(
            service.connect_to(&url, None).await.err(),
            Some(StatusCode::UNAUTHORIZED),
            "{url}"
        );
    }
    service
        .json(ClientAccessToken::new())
        .await
        .is_served()
        .await;
}

#[tokio::test]
async fn a_client_may_show_its_token_in_a_header() {
    let service = Service::start().await;
    let (hub, key) = (HubName::new("h").unwrap(), key());
    let url = user("ann").sign(service.0.endpoint(), &hub, &key).unwrap();
    let headers = [
        &format!("authorization: Bearer {}", url.token().expose_secret()),
        "upgrade: websocket",
        "connection: upgrade",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    let request = format!(
        "GET /client/?hub=h HTTP/1.1\r\nhost: {}\r\n{}\r\n\r\n",
        service.address(),
        headers.join("\r\n")
    );
    let answer = crate::connecting::answer_to(&service, &request).await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    // The example of RFC 6455, section 1.3.
    assert!(
        answer.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "{answer}"
    );
}
