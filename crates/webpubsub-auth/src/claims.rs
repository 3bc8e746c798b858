use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, Serialize};

/// What every token claims; a token that authorizes one REST request claims nothing else.
#[derive(Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenClaims {
    /// What the token is for: the URL of the REST request, query included (a checker accepts it without the query
    /// too), or the URL clients connect to, with its `http` or `https` scheme (`ws` and `wss` are seen too).
    pub aud: String,
    /// When the token was signed, in seconds since the epoch.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "numeric_date"
    )]
    pub iat: Option<u64>,
    /// From when on the token is valid, in seconds since the epoch.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "numeric_date"
    )]
    pub nbf: Option<u64>,
    /// Until when the token is valid, in seconds since the epoch.
    #[serde(default, deserialize_with = "numeric_date")]
    pub exp: Option<u64>,
}

/// The claims of a client access token.
///
/// ```
/// use webpubsub_auth::{AccessKey, ClientAccessClaims, ClientAccessToken, jwt};
/// use webpubsub_protocol::{Endpoint, HubName};
///
/// let endpoint: Endpoint = "https://example.com".parse()?;
/// let (hub, key) = (HubName::new("chat")?, AccessKey::new("secret")?);
/// let url = ClientAccessToken::new().user_id("ann").sign(&endpoint, &hub, &key)?;
///
/// let claims: ClientAccessClaims = jwt::verify(url.token().expose_secret(), &key)?;
/// assert_eq!(claims.token.aud, "https://example.com/client/hubs/chat");
/// assert_eq!(claims.sub.as_deref(), Some("ann"));
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Debug, Serialize, Deserialize, Default)]
#[non_exhaustive]
pub struct ClientAccessClaims {
    /// What every token claims.
    #[serde(flatten)]
    pub token: TokenClaims,
    /// The user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// What the client may do; an array on the wire, even for one role.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "one_or_more"
    )]
    pub role: Vec<String>,
    /// The groups the client is in from the start; an array on the wire, even for one.
    #[serde(
        rename = "webpubsub.group",
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "one_or_more"
    )]
    pub groups: Vec<String>,
    /// All other claims, as JSON.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

impl ClientAccessClaims {
    /// The claims with a meaning of their own; the rest is the application's.
    pub(crate) const RESERVED: [&str; 7] =
        ["aud", "iat", "nbf", "exp", "sub", "role", "webpubsub.group"];
}

/// Seconds since the epoch, which may have a fraction (RFC 7519, section 2); the fraction is dropped.
fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let seconds = Option::<f64>::deserialize(deserializer)?;
    Ok(seconds.map(|seconds| {
        Duration::try_from_secs_f64(seconds.max(0.0)).map_or(u64::MAX, |time| time.as_secs())
    }))
}

/// Some signers write a claim that holds one value as a bare string.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(value) => vec![value],
        OneOrMore::More(values) => values,
    })
}
