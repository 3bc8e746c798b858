use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Poll, Waker},
    time::SystemTime,
};

use http::{HeaderValue, Request};
use webpubsub_auth::{AccessKey, Authorizer as _, KeyAuthorizer, TokenClaims, jwt};

use crate::CANARY;

/// Signing needs no runtime: the future is ready at once.
fn authorize(url: &str) -> HeaderValue {
    let (parts, ()) = Request::get(url).body(()).unwrap().into_parts();
    let authorizer = KeyAuthorizer::new(AccessKey::new(CANARY).unwrap());
    let Poll::Ready(header) =
        pin!(authorizer.authorize(&parts)).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("signing waits for nothing");
    };
    header.unwrap()
}

#[test]
fn a_token_is_for_the_exact_url_and_a_short_time() {
    let url = "https://example.com/sub/api/hubs/h/groups/a%2Fb/:send?api-version=2024-12-01&filter=%27x%27";
    let header = authorize(url);
    let token = header.to_str().unwrap().strip_prefix("Bearer ").unwrap();
    let claims: TokenClaims = jwt::verify(token, &AccessKey::new(CANARY).unwrap()).unwrap();
    assert_eq!(claims.aud, url);

    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let (iat, exp) = (claims.iat.unwrap(), claims.exp.unwrap());
    assert!((now - 60..=now).contains(&iat), "{iat}");
    assert_eq!(exp - iat, 300);
}

#[test]
fn neither_header_nor_authorizer_is_printed() {
    let header = authorize("https://example.com/");
    assert_eq!(format!("{header:?}"), "Sensitive");
    let authorizer = KeyAuthorizer::new(AccessKey::new(CANARY).unwrap());
    assert_eq!(
        format!("{authorizer:?}"),
        "KeyAuthorizer(AccessKeys([REDACTED]))"
    );
}
