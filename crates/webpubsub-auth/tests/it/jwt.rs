use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use webpubsub_auth::{
    AccessKey, ErrorKind,
    jwt::{CLOCK_SKEW, check_time, sign, verify},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Claims {
    aud: String,
    exp: u64,
}

fn key(text: &str) -> AccessKey {
    AccessKey::new(text).unwrap()
}

/// Made by another implementation (Python's hmac) from the key `a-key`.
const KNOWN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
    eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tL3g_eT0xIiwiZXhwIjoxNzAwMDAwMDAwfQ.\
    0D6IrXTNR05-Y4ngPcNZo_9Um3DlHjY34DBpV7GD8AU";

fn known_claims() -> Claims {
    Claims {
        aud: "https://example.com/x?y=1".into(),
        exp: 1_700_000_000,
    }
}

#[test]
fn a_known_token_is_signed_and_verified() {
    let token = sign(&known_claims(), &key("a-key")).unwrap();
    assert_eq!(token.expose_secret(), KNOWN);
    assert_eq!(
        verify::<Claims>(KNOWN, &key("a-key")).unwrap(),
        known_claims()
    );
    assert_eq!(format!("{token:?}"), "Token([REDACTED])");
}

#[test]
fn what_is_no_token_of_this_key_is_refused() {
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tL3g_eT0xIiwiZXhwIjoxNzAwMDAwMDAwfQ.";
    let texts = [
        "",
        ".",
        "..",
        "a.b.c",
        "a.b",
        KNOWN.split_at(40).0,
        unsigned,
        &"a".repeat(100_000),
    ];
    for text in texts {
        let error = verify::<Claims>(text, &key("a-key")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token, "{text}");
    }
    let error = verify::<Claims>(KNOWN, &key("another-key")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid token: it was not signed with this key"
    );
}

#[test]
fn times_are_checked_with_skew() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let kind =
        |exp, nbf, now| check_time(exp, nbf, at(now), CLOCK_SKEW).map_err(|error| error.kind());
    assert_eq!(kind(Some(1000), None, 1000), Ok(()));
    assert_eq!(kind(Some(1000), None, 1299), Ok(()));
    assert_eq!(kind(Some(1000), None, 1300), Err(ErrorKind::Expired));
    assert_eq!(kind(Some(5000), Some(1000), 700), Ok(()));
    assert_eq!(
        kind(Some(5000), Some(1000), 699),
        Err(ErrorKind::NotYetValid)
    );
    assert_eq!(kind(None, None, 0), Err(ErrorKind::Token));
    assert_eq!(kind(Some(u64::MAX), Some(0), u64::from(u32::MAX)), Ok(()));
}

proptest! {
    #[test]
    fn signed_claims_are_verified(aud in ".*", exp in any::<u64>(), secret in "[!-~]{1,80}") {
        let claims = Claims { aud, exp };
        let token = sign(&claims, &key(&secret)).unwrap();
        prop_assert_eq!(verify::<Claims>(token.expose_secret(), &key(&secret)).unwrap(), claims);
    }

    #[test]
    fn a_token_with_any_byte_changed_is_refused(at in 0..KNOWN.len(), to in "[A-Za-z0-9_.-]") {
        let mut changed = KNOWN.to_owned();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != KNOWN);
        prop_assert!(verify::<Claims>(&changed, &key("a-key")).is_err());
    }

    #[test]
    fn no_text_panics(text in "(?s).{0,60}") {
        let _ = verify::<Claims>(&text, &key("a-key"));
    }
}
