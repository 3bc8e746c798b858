use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use webpubsub_auth::{AccessKey, ClientAccessClaims, ClientAccessToken, ConnectionString, jwt};
use webpubsub_emulator::Emulator;
use webpubsub_protocol::HubName;

use crate::support::{HANDSHAKE, JSON, Service, head, key, now, user};

const PATH: &str = "/api/hubs/h/:send?api-version=2024-12-01";

/// The status of a send with a token of these claims.
async fn status(service: &Service, claims: &Value, key: &AccessKey) -> u16 {
    let token = jwt::sign(claims, key).unwrap();
    post_with(service, PATH, token.expose_secret()).await
}

/// The status of a POST with this token.
async fn post_with(service: &Service, path: &str, token: &str) -> u16 {
    let bearer = format!("authorization: Bearer {token}");
    let headers = [bearer.as_str(), "content-length: 0"];
    let request = head("POST", path, service.address(), &headers);
    service.raw(request.as_bytes()).await.status
}

/// A token of these claims as Entra ID signs them: with a key that nobody here knows.
fn entra(claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "x" });
    format!("{}.{}.c2lnbmF0dXJl", part(&header), part(claims))
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
async fn an_entra_token_is_taken_unvalidated_where_that_is_allowed() {
    const AUDIENCE: &str = "https://webpubsub.azure.com";
    let strict = Service::start().await;
    let lenient = Service::built(Emulator::builder().allow_unvalidated_entra(true)).await;
    let good = [
        json!({ "aud": AUDIENCE, "exp": now() + 60 }),
        json!({ "aud": format!("{AUDIENCE}/"), "exp": now() + 60, "nbf": now(), "iss": "x" }),
    ];
    let bad = [
        json!({ "aud": AUDIENCE }),
        json!({ "aud": AUDIENCE, "exp": now() - 400 }),
        json!({ "aud": AUDIENCE, "exp": now() + 600, "nbf": now() + 400 }),
        json!({ "aud": format!("{AUDIENCE}/.default"), "exp": now() + 60 }),
        json!({ "aud": "https://management.azure.com", "exp": now() + 60 }),
        json!({ "aud": lenient.url(PATH), "exp": now() + 60 }),
    ];
    for (claims, expected) in good
        .iter()
        .map(|claims| (claims, 202))
        .chain(bad.iter().map(|claims| (claims, 401)))
    {
        let token = entra(claims);
        assert_eq!(post_with(&strict, PATH, &token).await, 401, "{claims}");
        assert_eq!(
            post_with(&lenient, PATH, &token).await,
            expected,
            "{claims}"
        );
    }
    let by_key = json!({ "aud": lenient.url(PATH), "exp": now() + 60 });
    assert_eq!(status(&lenient, &by_key, &key()).await, 202);
    // Clients do not connect with one.
    let url = lenient.client_url(user("ann"));
    let url = format!(
        "{}?access_token={}",
        url.split('?').next().unwrap(),
        entra(&good[0])
    );
    assert_eq!(
        lenient.connect_to(&url, None).await.err(),
        Some(StatusCode::UNAUTHORIZED)
    );
}

#[tokio::test]
async fn client_tokens_are_made_for_entra_only() {
    let path = "/api/hubs/h/:generateToken?api-version=2024-12-01";
    let service = Service::built(Emulator::builder().allow_unvalidated_entra(true)).await;
    let by_key = json!({ "aud": service.url(path), "exp": now() + 60 });
    let by_key = jwt::sign(&by_key, &key()).unwrap();
    assert_eq!(post_with(&service, path, by_key.expose_secret()).await, 401);
    let by_entra = entra(&json!({ "aud": "https://webpubsub.azure.com", "exp": now() + 60 }));
    assert_eq!(post_with(&service, path, &by_entra).await, 200);
}

#[tokio::test]
async fn a_client_connects_with_a_token_made_for_it() {
    let service = Service::built(Emulator::builder().allow_unvalidated_entra(true)).await;
    let path = "/api/hubs/h/:generateToken?userId=ann&role=webpubsub.sendToGroup.g&group=g&minutesToExpire=5&clientType=Default";
    let bearer = entra(&json!({ "aud": "https://webpubsub.azure.com", "exp": now() + 60 }));
    let bearer = format!("authorization: Bearer {bearer}");
    let headers = [bearer.as_str(), "content-length: 0"];
    let request = head("POST", path, service.address(), &headers);
    let answer = service.raw(request.as_bytes()).await;
    let body: Value = serde_json::from_str(answer.text.lines().last().unwrap()).unwrap();
    let token = body["token"].as_str().unwrap();

    let claims: ClientAccessClaims = jwt::verify(token, &key()).unwrap();
    let lifetime = claims.token.exp.unwrap() - claims.token.iat.unwrap();
    assert_eq!(lifetime, 5 * 60);
    let url = service.client_url(user("x"));
    let url = format!("{}?access_token={token}", url.split('?').next().unwrap());
    let mut client = service.connect_to(&url, Some(JSON)).await.unwrap();
    assert_eq!(client.next_json().await["userId"], "ann");
    let send = json!({ "type": "sendToGroup", "group": "g", "data": "hi" });
    assert_eq!(client.ask(send).await["data"], "hi");
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
    let token = format!("authorization: Bearer {}", url.token().expose_secret());
    let headers = [&[token.as_str()], &HANDSHAKE[..]].concat();
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
