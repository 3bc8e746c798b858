use std::fmt::{Display, Write as _};

use serde_json::Value;

/// Writes claims as JSON, straight from where they stand.
///
/// serde_json would look at the characters of names and texts one by one, which is a tenth of what a token costs.
pub(crate) struct ClaimsWriter(String);

impl ClaimsWriter {
    /// Most claims fit in, so that the buffer need not grow.
    const CAPACITY: usize = 512;

    pub(crate) fn new() -> Self {
        Self(String::with_capacity(Self::CAPACITY))
    }

    pub(crate) fn number(&mut self, name: &'static str, value: u64) {
        self.name(name);
        print(&mut self.0, value);
    }

    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        self.name(name);
        self.quote(|json| json.push_str(value));
    }

    /// A text as it is printed.
    pub(crate) fn display(&mut self, name: &'static str, value: impl Display) {
        self.name(name);
        self.quote(|json| print(json, value));
    }

    /// An array, or no claim if it would be empty.
    pub(crate) fn texts(&mut self, name: &'static str, values: &[impl Display]) {
        if values.is_empty() {
            return;
        }
        self.name(name);
        for (at, value) in values.iter().enumerate() {
            self.0.push(if at == 0 { '[' } else { ',' });
            self.quote(|json| print(json, value));
        }
        self.0.push(']');
    }

    /// A claim of the application's own.
    pub(crate) fn value(&mut self, name: &str, value: &Value) {
        self.separate();
        self.quote(|json| json.push_str(name));
        self.0.push(':');
        print(&mut self.0, value);
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    /// A name of the service's own: nothing in it is special.
    fn name(&mut self, name: &'static str) {
        self.separate();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn separate(&mut self) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
    }

    /// What `put` appends, as a JSON string.
    fn quote(&mut self, put: impl FnOnce(&mut String)) {
        self.0.push('"');
        let start = self.0.len();
        put(&mut self.0);
        let bytes = self.0[start..].bytes();
        // To look at all of them is faster than to stop at the first: many bytes at once.
        if bytes.fold(false, |found, byte| found | is_special(byte)) {
            let text = Value::from(self.0.split_off(start)).to_string();
            self.0.push_str(&text[1..]);
        } else {
            self.0.push('"');
        }
    }
}

/// Appends a value as it is printed; a `String` takes everything.
fn print(json: &mut String, value: impl Display) {
    let _ = write!(json, "{value}");
}

/// Whether JSON has another way to write this.
fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn claims_are_what_serde_json_writes(
            number in any::<u64>(),
            texts in prop::collection::vec("(?s)[\\x00-\\x20\"\\\\a/é\\x7f]{0,40}|.{0,9}", 1..3),
            name in "(?s).{0,9}",
        ) {
            let mut claims = ClaimsWriter::new();
            claims.text("aud", &texts[0]);
            claims.display("sub", &texts[0]);
            claims.number("exp", number);
            claims.texts("group", &texts);
            claims.texts("role", &texts[..0]);
            claims.value(&name, &json!({ "a": texts }));
            let [text, texts] = [json!(texts[0]), json!(texts)];
            let name = json!(name);
            prop_assert_eq!(
                claims.finish(),
                format!(r#"{{"aud":{text},"sub":{text},"exp":{number},"group":{texts},{name}:{{"a":{texts}}}}}"#)
            );
        }
    }
}
