use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use webpubsub_auth::TokenClaims;

/// The audience of the service's Entra ID tokens, whose scope is `https://webpubsub.azure.com/.default`.
const AUDIENCE: &str = "https://webpubsub.azure.com";

/// The claims of an Entra ID token for the service, without a check of its signature; `None` for any other token.
pub(crate) fn unvalidated_claims(token: &str) -> Option<TokenClaims> {
    let claims = token.split('.').nth(1)?;
    let claims: TokenClaims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    // Entra ID ends it with a slash when the scope was asked for with two.
    let audience = claims.aud.strip_suffix('/').unwrap_or(&claims.aud);
    audience.eq_ignore_ascii_case(AUDIENCE).then_some(claims)
}
