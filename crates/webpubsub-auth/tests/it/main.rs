//! Keys and tokens as their users see them.

mod client_access;
mod connection_string;
#[cfg(feature = "identity")]
mod identity;
mod jwt;
mod key_authorizer;

/// A key that must never be printed.
pub(crate) const CANARY: &str = "CANARY-7f3a9c";

/// What `Display` shows of an error and its sources, after a look at all that it prints.
pub(crate) fn all_text(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    let text = sources
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    assert!(!format!("{error:?}{text}").contains("CANARY"), "{text}");
    text
}
