//! The JSON subprotocols.

mod client;
mod content;
mod service;

use serde::{Deserialize, Serialize};

use super::read::missing;
use crate::{Error, error::json_problem};

pub(super) use self::{
    client::{decode as decode_client, encode as encode_client},
    service::{decode as decode_service, encode as encode_service},
};

/// The same object with a `sequenceId` before its other fields.
pub(super) fn with_sequence_id(text: &str, sequence_id: u64) -> String {
    let fields = text.trim_start_matches('{');
    // Where `format!` would grow a string, this makes one of the right size.
    [r#"{"sequenceId":"#, &sequence_id.to_string(), ",", fields].concat()
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::frame(json_problem(&error)))
}

fn write(frame: &impl Serialize) -> String {
    // Strings, numbers and checked JSON always serialize.
    serde_json::to_string(frame).unwrap_or_default()
}

/// A required field as its checked type; the error of the check names field and rule.
fn required<T>(field: &'static str, value: Option<&str>) -> Result<T, Error>
where
    T: for<'t> TryFrom<&'t str, Error = Error>,
{
    value.ok_or_else(|| missing(field))?.try_into()
}
