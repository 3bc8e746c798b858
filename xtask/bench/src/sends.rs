//! The message of the REST comparison, the same bytes whoever sends it.

/// What is sent: JSON that is one string, as SDKs write objects with spaces or without.
pub const TEXT: &str = "Meet me at the fountain in the old town at half past seven, and bring along what we spoke of yesterd.";

/// The body that has to arrive.
#[must_use]
pub fn body() -> String {
    format!("\"{TEXT}\"")
}

#[cfg(test)]
mod tests {
    use webpubsub_protocol::Message;

    use super::*;

    #[test]
    fn the_body_is_the_text_as_json() {
        let message = Message::json(TEXT).unwrap();
        assert_eq!(message.bytes(), &body());
    }
}
