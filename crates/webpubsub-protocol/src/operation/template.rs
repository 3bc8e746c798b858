use crate::{Error, encoding::decode};

/// A URL path with open names, such as `/api/hubs/{hub}/groups/{group}/:send`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Template(&'static str);

impl Template {
    /// A template; each `{name}` fills one whole path segment.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self(path)
    }

    /// The template as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether the path names a hub (all do but the health check).
    #[must_use]
    pub fn names_hub(self) -> bool {
        self.0.contains("{hub}")
    }

    /// The names in `path`, still percent-encoded, if it has this template's shape.
    #[must_use]
    pub fn matches(self, path: &str) -> Option<Segments<'_>> {
        let (expected, given) = (self.0.split('/'), path.split('/'));
        if expected.clone().count() != given.clone().count() {
            return None;
        }
        let mut segments = Vec::new();
        for (expected, given) in expected.zip(given) {
            match placeholder(expected) {
                Some(name) => segments.push((name, given)),
                None if expected == given => {}
                None => return None,
            }
        }
        Some(Segments(segments))
    }
}

/// The name between braces, if the segment is an open one.
fn placeholder(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The first open name in a part of a template, between what stands before and after it.
pub(super) fn split_at_name(
    template: &'static str,
) -> Option<(&'static str, &'static str, &'static str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The names found in a path by [`Template::matches`].
#[derive(Debug, Clone)]
pub struct Segments<'p>(Vec<(&'static str, &'p str)>);

impl Segments<'_> {
    pub(super) fn decode(&self, name: &'static str) -> Result<String, Error> {
        let (_, text) = self
            .0
            .iter()
            .find(|(segment, _)| *segment == name)
            .ok_or_else(|| Error::argument(name, "must be named in the URL path"))?;
        decode(name, text)
    }
}
