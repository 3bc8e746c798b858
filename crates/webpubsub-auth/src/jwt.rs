//! JSON web tokens as the service takes them: signed with HS256 by an access key.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::SHA256_OUTPUT_LEN;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{AccessKey, Error, Token};

/// How far the clocks of signer and checker may differ: 5 minutes, as in the official emulator.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The longest token [`verify`] looks at, in bytes: one for the longest URL there can be (65,534 bytes) is below it.
const MAX_TOKEN_BYTES: usize = 128 * 1024;

/// `{"alg":"HS256","typ":"JWT"}` in base64url.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// Signs claims.
///
/// ```
/// use webpubsub_auth::{AccessKey, jwt};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Claims {
///     aud: String,
/// }
///
/// let key = AccessKey::new("secret")?;
/// let token = jwt::sign(&Claims { aud: "https://example.com".into() }, &key)?;
/// let claims: Claims = jwt::verify(token.expose_secret(), &key)?;
/// assert_eq!(claims.aud, "https://example.com");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
pub fn sign<C: Serialize + ?Sized>(claims: &C, key: &AccessKey) -> Result<Token, Error> {
    let claims = serde_json::to_string(claims).map_err(Error::serialize)?;
    Ok(token(write("", HEADER, &claims, key)))
}

/// Signs claims that are JSON already, with `prefix` before the token.
pub(crate) fn sign_behind(prefix: &str, claims: &str, key: &AccessKey) -> Vec<u8> {
    write(prefix, HEADER, claims, key)
}

/// The header fields a signer sets itself.
pub(crate) const OWN_HEADERS: [&str; 2] = ["alg", "typ"];

/// Signs claims that are JSON already; their header may have more fields than that of [`sign`], such as `kid`.
pub(crate) fn sign_with_headers(
    headers: &BTreeMap<String, serde_json::Value>,
    claims: &str,
    key: &AccessKey,
) -> Result<Token, Error> {
    if headers.is_empty() {
        return Ok(token(write("", HEADER, claims, key)));
    }
    let header = HeaderWith {
        alg: "HS256",
        typ: "JWT",
        more: headers,
    };
    let header = serde_json::to_vec(&header).map_err(Error::serialize)?;
    let header = URL_SAFE_NO_PAD.encode(header);
    Ok(token(write("", &header, claims, key)))
}

#[derive(Serialize)]
struct HeaderWith<'h> {
    alg: &'static str,
    typ: &'static str,
    #[serde(flatten)]
    more: &'h BTreeMap<String, serde_json::Value>,
}

/// The buffer gets exactly its size, so that nobody copies it to be rid of the rest.
fn write(prefix: &str, header: &str, claims: &str, key: &AccessKey) -> Vec<u8> {
    let signed = header.len() + 1 + base64_len(claims.len());
    let size = prefix.len() + signed + 1 + base64_len(SHA256_OUTPUT_LEN);
    let mut token = Vec::with_capacity(size);
    token.extend_from_slice(prefix.as_bytes());
    token.extend_from_slice(header.as_bytes());
    token.push(b'.');
    push_base64(&mut token, claims.as_bytes());
    let signature = key.sign(&token[prefix.len()..]);
    token.push(b'.');
    push_base64(&mut token, signature.as_ref());
    token
}

fn token(bytes: Vec<u8>) -> Token {
    Token::new(String::from_utf8(bytes).expect("a token is ASCII"))
}

/// Encodes in place, where `encode_string` encodes elsewhere and copies.
fn push_base64(to: &mut Vec<u8>, bytes: &[u8]) {
    let start = to.len();
    to.resize(start + base64_len(bytes.len()), 0);
    URL_SAFE_NO_PAD
        .encode_slice(bytes, &mut to[start..])
        .expect("it has the length it takes");
}

/// How long `bytes` bytes are in base64url.
fn base64_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Checks that a token was signed with this key by HS256, in constant time, and reads its claims.
///
/// What the claims say (audience, times) is for the caller to check; see [`check_time`].
pub fn verify<C: DeserializeOwned>(token: &str, key: &AccessKey) -> Result<C, Error> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Error::token("it is too long"));
    }
    let malformed = || Error::token("it is not of the form header.claims.signature");
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;

    let header: Header = decode(header)?;
    if header.alg != "HS256" {
        return Err(Error::token("its algorithm is not HS256"));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    if !key.verify(signed.as_bytes(), &signature) {
        return Err(Error::token("it was not signed with this key"));
    }
    decode(claims)
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, Error> {
    let json = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Error::token("a part is not base64url"))?;
    serde_json::from_slice(&json).map_err(|_| Error::token("a part is not the JSON it should be"))
}

/// Checks the `exp` and `nbf` claims (seconds since the epoch) against a clock that may differ by `skew`.
///
/// A token without `exp` is refused, as by the service.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use webpubsub_auth::{ErrorKind, jwt::{CLOCK_SKEW, check_time}};
///
/// let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
/// assert!(check_time(Some(1000), None, at(1299), CLOCK_SKEW).is_ok());
/// let error = check_time(Some(1000), None, at(1300), CLOCK_SKEW).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Expired);
/// ```
pub fn check_time(
    exp: Option<u64>,
    nbf: Option<u64>,
    now: SystemTime,
    skew: Duration,
) -> Result<(), Error> {
    let (now, skew) = (seconds(now), skew.as_secs());
    let exp = exp.ok_or_else(|| Error::token("it has no `exp` claim"))?;
    if exp.saturating_add(skew) <= now {
        return Err(Error::expired());
    }
    if nbf.is_some_and(|nbf| nbf > now.saturating_add(skew)) {
        return Err(Error::not_yet_valid());
    }
    Ok(())
}

/// Whole seconds since the epoch; a clock before it counts as the epoch.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
