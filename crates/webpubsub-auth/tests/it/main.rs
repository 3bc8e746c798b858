//! Keys and tokens as their users see them.

mod client_access;
mod connection_string;
mod jwt;
mod key_authorizer;

/// A key that must never be printed.
pub(crate) const CANARY: &str = "CANARY-7f3a9c";

/// What `Debug` and `Display` show of an error and its sources.
pub(crate) fn all_text(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error}");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    assert!(!format!("{error:?}{text}").contains("CANARY"), "{text}");
    text
}
