//! What every client of the REST runs sends, and how often before it is measured.

/// The message, sent as JSON: a string, which all write alike, and which holds nothing to escape.
pub const TEXT: &str = "Meet me at the fountain in the old town at half past seven, and bring along what we spoke of yesterd.";

/// The length of its JSON, in bytes; the service refuses any other.
pub const JSON_BYTES: usize = TEXT.len() + 2;

/// How many sends make the connections, and are not counted.
pub const WARM_UP: u64 = 200;
