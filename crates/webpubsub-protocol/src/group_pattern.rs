use crate::{GroupName, Name, NameKind, kind};

/// A pattern that stands for many groups, in the wildcard [roles](crate::Role). Case-sensitive.
///
/// `?` stands for one character but a dot, `*` for any run of characters without a dot, `**` for any run; either run
/// may be empty. `\` takes its meaning from a `\`, `*` or `?` that follows, and stands before nothing else. A pattern has
/// 1 to 1,024 characters (the official emulator's limit) and at most 5 `*` (the service's documentation), escaped ones
/// not counted.
///
/// ```
/// use webpubsub_protocol::{GroupName, GroupPattern};
///
/// let rooms = GroupPattern::new("contoso.*.room-?")?;
/// assert!(rooms.matches(&GroupName::new("contoso.sales.room-1")?));
/// assert!(!rooms.matches(&GroupName::new("contoso.sales.east.room-1")?));
///
/// let tenant = GroupPattern::escape("what?");
/// let of_tenant = GroupPattern::new(format!("{tenant}.**"))?;
/// assert!(of_tenant.matches(&GroupName::new("what?.sales.east")?));
/// assert!(!of_tenant.matches(&GroupName::new("whats.sales.east")?));
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
pub type GroupPattern = Name<kind::GroupPattern>;

const MAX_CHARACTERS: usize = 1024;
const MAX_STARS: usize = 5;

impl NameKind for kind::GroupPattern {
    const PARAMETER: &'static str = "role";
    const RULE: &'static str = r"a group pattern must be 1 to 1,024 characters, at most 5 of them *, with \ only before \ * ?";

    fn allows(pattern: &str) -> bool {
        let mut stars = 0;
        let is_well_formed = parts(pattern).all(|part| {
            stars += match part {
                Some(Part::RunInSegment) => 1,
                Some(Part::Run) => 2,
                _ => 0,
            };
            part.is_some()
        });
        let is_in_size = !pattern.is_empty() && pattern.chars().count() <= MAX_CHARACTERS;
        is_in_size && is_well_formed && stars <= MAX_STARS
    }
}

impl GroupPattern {
    /// Whether the pattern stands for this group.
    #[must_use]
    pub fn matches(&self, group: &GroupName) -> bool {
        let group: Vec<char> = group.as_str().chars().collect();
        // After each part: how many characters of the group may be behind what the parts so far stand for.
        let mut behind = vec![false; group.len() + 1];
        behind[0] = true;
        for part in parts(self.as_str()).flatten() {
            behind = part.step(&behind, &group);
        }
        behind.ends_with(&[true])
    }

    /// A text in which nothing is special any more, to build a pattern around.
    #[must_use]
    pub fn escape(text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for character in text.chars() {
            if is_special(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    }
}

/// A part of a pattern, by what it stands for.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// This character.
    Literal(char),
    /// One character but a dot.
    OneInSegment,
    /// Any run of characters without a dot.
    RunInSegment,
    /// Any run of characters.
    Run,
}

impl Part {
    fn step(self, behind: &[bool], group: &[char]) -> Vec<bool> {
        let mut next = vec![false; behind.len()];
        next[0] = behind[0] && matches!(self, Self::RunInSegment | Self::Run);
        for (at, &c) in group.iter().enumerate() {
            next[at + 1] = match self {
                Self::Literal(literal) => behind[at] && c == literal,
                Self::OneInSegment => behind[at] && c != '.',
                Self::RunInSegment => behind[at + 1] || (next[at] && c != '.'),
                Self::Run => behind[at + 1] || next[at],
            };
        }
        next
    }
}

/// The parts of a pattern; `None` for a `\` that escapes nothing.
fn parts(pattern: &str) -> impl Iterator<Item = Option<Part>> {
    let mut characters = pattern.chars().peekable();
    std::iter::from_fn(move || {
        Some(match characters.next()? {
            '\\' => characters.next_if(|&c| is_special(c)).map(Part::Literal),
            '?' => Some(Part::OneInSegment),
            '*' if characters.next_if_eq(&'*').is_some() => Some(Part::Run),
            '*' => Some(Part::RunInSegment),
            literal => Some(Part::Literal(literal)),
        })
    })
}

fn is_special(character: char) -> bool {
    matches!(character, '\\' | '*' | '?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, group: &str) -> bool {
        GroupPattern::new(pattern)
            .unwrap()
            .matches(&GroupName::new(group).unwrap())
    }

    /// What a pattern means, as one would define it, without regard to cost.
    fn by_definition(parts: &[Part], group: &[char]) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            return group.is_empty();
        };
        let run = |allowed: fn(char) -> bool| {
            let longest = group.iter().take_while(|&&c| allowed(c)).count();
            (0..=longest).any(|length| by_definition(rest, &group[length..]))
        };
        let one = |allowed: &dyn Fn(char) -> bool| {
            let first = group.split_first();
            first.is_some_and(|(&c, group)| allowed(c) && by_definition(rest, group))
        };
        match *part {
            Part::Literal(literal) => one(&|c| c == literal),
            Part::OneInSegment => one(&|c| c != '.'),
            Part::RunInSegment => run(|c| c != '.'),
            Part::Run => run(|_| true),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_its_definition_says(pattern in "([aé.?]|\\*{1,2}|\\\\[?*]){1,6}", group in "[aé.?*]{1,8}") {
            prop_assume!(kind::GroupPattern::allows(&pattern));
            let parts: Vec<Part> = parts(&pattern).flatten().collect();
            let characters: Vec<char> = group.chars().collect();
            prop_assert_eq!(matches(&pattern, &group), by_definition(&parts, &characters));
        }

        #[test]
        fn an_escaped_group_is_the_pattern_of_itself_alone(group in "[a*?.\\\\]{1,8}", other in "[a*?.\\\\]{1,8}") {
            let pattern = GroupPattern::escape(&group);
            prop_assert!(matches(&pattern, &group));
            prop_assert_eq!(matches(&pattern, &other), group == other);
        }
    }

    #[test]
    fn the_limits_are_part_of_the_rule() {
        let at_most = format!("{}{}", "?".repeat(1019), "*".repeat(5));
        for good in ["a", "*", "**.*.**", r"\*\*\*\*\*\*", r"\\", &at_most] {
            assert!(GroupPattern::new(good).is_ok(), "{good}");
        }
        let too_long = "?".repeat(1025);
        for bad in ["", "******", "**.**.**", r"\", r"\a", r"a\\\", &too_long] {
            let error = GroupPattern::new(bad).unwrap_err();
            assert_eq!(error.parameter(), Some("role"), "{bad}");
        }
    }

    #[test]
    fn the_longest_pattern_and_group_are_matched_in_no_time() {
        let pattern = format!("**{}**{}*", "a".repeat(500), "a".repeat(500));
        assert!(matches(&pattern, &"a".repeat(1024)));
        assert!(!matches(&pattern, &format!("{}b", "a".repeat(999))));
    }
}
