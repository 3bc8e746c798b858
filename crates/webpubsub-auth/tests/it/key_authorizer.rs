use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Poll, Waker},
    time::SystemTime,
};

use http::{HeaderValue, Request};
use webpubsub_auth::{AccessKey, AccessKeys, Authorizer as _, KeyAuthorizer, TokenClaims, jwt};

use crate::CANARY;

/// Signing needs no runtime: the future is ready at once.
fn authorize(url: &str) -> HeaderValue {
    header(&KeyAuthorizer::new(key(CANARY)), url)
}

fn key(text: &str) -> AccessKey {
    AccessKey::new(text).unwrap()
}

fn header(authorizer: &KeyAuthorizer, url: &str) -> HeaderValue {
    let (parts, ()) = Request::get(url).body(()).unwrap().into_parts();
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

const URL: &str = "https://example.com/";

/// Whether a header was signed with this key.
fn is_signed_with(header: &HeaderValue, text: &str) -> bool {
    let token = header.to_str().unwrap().strip_prefix("Bearer ").unwrap();
    jwt::verify::<TokenClaims>(token, &key(text)).is_ok()
}

#[test]
fn an_updated_key_signs_from_the_next_request_on() {
    let key = key("old");
    let authorizer = KeyAuthorizer::new(key.clone());
    let before = header(&authorizer, URL);
    assert!(!authorizer.rejected(&before), "there is no other key");

    key.update("new").unwrap();
    assert!(key.update("").is_err(), "what is no key changes nothing");
    let after = header(&authorizer, URL);
    assert!(is_signed_with(&before, "old") && is_signed_with(&after, "new"));
    assert!(authorizer.rejected(&before), "the key was updated since");
    assert!(!authorizer.rejected(&after));
}

#[test]
fn of_a_pair_the_other_key_takes_over_when_one_is_refused() {
    let pair = AccessKeys::new(key("one"), key("two"));
    let authorizer = KeyAuthorizer::new(pair.clone());
    let (first, also_first) = (header(&authorizer, URL), header(&authorizer, URL));
    assert!(is_signed_with(&first, "one"));

    assert!(authorizer.rejected(&first));
    assert!(
        authorizer.rejected(&also_first),
        "it was switched over already"
    );
    let second = header(&authorizer, URL);
    assert!(is_signed_with(&second, "two"));
    assert_eq!(pair.in_use().expose_secret(), "two");

    assert!(authorizer.rejected(&second), "and back");
    assert!(is_signed_with(&header(&authorizer, URL), "one"));
}

#[test]
fn a_header_of_somebody_else_switches_nothing() {
    let authorizer = KeyAuthorizer::new(AccessKeys::new(key("one"), key("two")));
    assert!(!authorizer.rejected(&HeaderValue::from_static("Basic x")));
    assert!(authorizer.rejected(&header(&KeyAuthorizer::new(key("three")), URL)));
    assert!(is_signed_with(&header(&authorizer, URL), "one"));
}
