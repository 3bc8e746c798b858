use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use webpubsub_auth::{
    AccessKey, ErrorKind,
    jwt::{CLOCK_SKEW, check_time, sign, verify},
};

use crate::{CANARY, all_text};

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
    // Each signature is right for its header, so that only the algorithm can be what is refused.
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tL3g_eT0xIiwiZXhwIjoxNzAwMDAwMDAwfQ.jErTJWJmKhDYxR3f3jMcKjT2a9TjbUd4tgDnCfiwT64";
    let hs512 = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tL3g_eT0xIiwiZXhwIjoxNzAwMDAwMDAwfQ.bconx2QVpSuzv8F6t-8g9KObabwFPNIB5_ibBcdNiMs";
    let other_claims = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiJ4In0.SfG9vIYz92ZaQ9fuOyh7kTff3qbf8e66YZl6SdCSEzY";
    let (none_unsigned, _) = none.rsplit_once('.').unwrap();
    let (known_unsigned, _) = KNOWN.rsplit_once('.').unwrap();
    let cases = [
        ("nothing", String::new()),
        ("one dot", ".".into()),
        ("two dots", "..".into()),
        ("three parts of no base64url", "!.!.!".into()),
        ("three parts of no JSON", "YQ.YQ.YQ".into()),
        ("two parts", "a.b".into()),
        ("four parts", format!("{KNOWN}.a")),
        ("cut off", KNOWN[..40].into()),
        ("padded", format!("{KNOWN}=")),
        ("without signature", format!("{known_unsigned}.")),
        ("alg none", none.into()),
        ("alg none without signature", format!("{none_unsigned}.")),
        ("alg HS512", hs512.into()),
        ("other claims", other_claims.into()),
        ("200,000 bytes", "a".repeat(200_000)),
        ("another key", sign_with("another-key")),
    ];
    let lines = cases.map(|(case, token)| {
        let error = verify::<Claims>(&token, &key("a-key")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token, "{case}");
        format!("{case}: {}", all_text(&error))
    });
    insta::assert_snapshot!(lines.join("\n"));
}

fn sign_with(secret: &str) -> String {
    let token = sign(&known_claims(), &key(secret)).unwrap();
    token.expose_secret().to_owned()
}

#[test]
fn a_token_with_any_byte_changed_is_refused() {
    for at in 0..KNOWN.len() {
        for to in (0_u8..128).filter(|to| *to != KNOWN.as_bytes()[at]) {
            let mut changed = KNOWN.to_owned();
            changed.replace_range(at..=at, char::from(to).encode_utf8(&mut [0; 4]));
            let result = verify::<Claims>(&changed, &key("a-key"));
            assert!(result.is_err(), "byte {at} changed to {to}");
        }
    }
}

#[test]
fn no_error_repeats_what_the_claims_say() {
    #[derive(Debug, Deserialize)]
    struct Number {
        #[serde(rename = "aud")]
        _aud: u64,
    }
    let token = sign(
        &[("aud", CANARY)].into_iter().collect::<BTreeMap<_, _>>(),
        &key(CANARY),
    );
    let error = verify::<Number>(token.unwrap().expose_secret(), &key(CANARY)).unwrap_err();
    insta::assert_snapshot!(all_text(&error), @"invalid token: a part is not the JSON it should be");
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

    let refused = [
        check_time(None, None, at(0), CLOCK_SKEW),
        check_time(Some(0), None, at(300), CLOCK_SKEW),
        check_time(Some(5000), Some(301), at(0), CLOCK_SKEW),
    ];
    insta::assert_snapshot!(refused.map(|result| all_text(&result.unwrap_err())).join("\n"), @r"
    invalid token: it has no `exp` claim
    the token has expired
    the token is not valid yet
    ");
}

proptest! {
    #[test]
    fn signed_claims_are_verified(aud in ".*", exp in any::<u64>(), secret in "[!-:<-~]{1,80}") {
        let claims = Claims { aud, exp };
        let token = sign(&claims, &key(&secret)).unwrap();
        prop_assert_eq!(verify::<Claims>(token.expose_secret(), &key(&secret)).unwrap(), claims);
    }

    #[test]
    fn no_text_panics(text in "(?s).{0,60}") {
        let _ = verify::<Claims>(&text, &key("a-key"));
    }
}
