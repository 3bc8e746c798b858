use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// So many random bytes in base64url; `None` when the system gives no randomness.
pub(crate) fn random<const N: usize>() -> Option<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}
