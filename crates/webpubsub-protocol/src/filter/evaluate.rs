//! What a filter says of a connection.

use std::borrow::Cow;

use super::{
    Expression,
    expression::{Comparison, Condition, Junction, Operand, Type},
};

/// What a filter can ask of a connection.
pub trait ConnectionFacts {
    /// Its user, if it has one.
    fn user_id(&self) -> Option<&str>;

    /// Its id.
    fn connection_id(&self) -> &str;

    /// Its WebSocket subprotocol, if it speaks one.
    fn protocol(&self) -> Option<&str>;

    /// Whether it is in this group now.
    fn is_in_group(&self, group: &str) -> bool;

    /// How many groups it is in now.
    fn group_count(&self) -> usize;
}

impl Expression {
    /// Whether the filter selects this connection.
    ///
    /// Only `tolower`, `toupper` and `concat`, which make a new string, allocate.
    #[must_use]
    pub fn matches(&self, connection: &impl ConnectionFacts) -> bool {
        self.0.holds(connection)
    }
}

#[derive(PartialEq)]
enum Value<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(Cow<'a, str>),
}

impl Condition {
    fn holds(&self, connection: &impl ConnectionFacts) -> bool {
        match self {
            Self::Operand(operand) => operand.boolean(connection),
            Self::Compare(left, comparison, right) => {
                comparison.holds(&left.value(connection), &right.value(connection))
            }
            Self::InGroups(group) => group
                .text(connection)
                .is_some_and(|group| connection.is_in_group(&group)),
            Self::InList(operand, list) => {
                let value = operand.value(connection);
                list.iter().any(|item| item.value(connection) == value)
            }
            Self::Not(condition) => !condition.holds(connection),
            Self::Joined(Junction::And, parts) => parts.iter().all(|part| part.holds(connection)),
            Self::Joined(Junction::Or, parts) => parts.iter().any(|part| part.holds(connection)),
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value<'_>, right: &Value<'_>) -> bool {
        match (self, left, right) {
            (Self::Equal, left, right) => left == right,
            (Self::NotEqual, left, right) => left != right,
            (Self::Greater, Value::Integer(left), Value::Integer(right)) => left > right,
            (Self::GreaterOrEqual, Value::Integer(left), Value::Integer(right)) => left >= right,
            (Self::Less, Value::Integer(left), Value::Integer(right)) => left < right,
            (Self::LessOrEqual, Value::Integer(left), Value::Integer(right)) => left <= right,
            _ => false,
        }
    }
}

impl Operand {
    fn value<'a>(&'a self, connection: &'a impl ConnectionFacts) -> Value<'a> {
        match self.r#type() {
            Type::Null => Value::Null,
            Type::Boolean => Value::Boolean(self.boolean(connection)),
            Type::Integer => self.integer(connection).map_or(Value::Null, Value::Integer),
            Type::Text => self.text(connection).map_or(Value::Null, Value::Text),
        }
    }

    fn boolean(&self, connection: &impl ConnectionFacts) -> bool {
        match self {
            Self::Boolean(boolean) => *boolean,
            Self::StartsWith(texts) => {
                both(texts, connection).is_some_and(|(text, start)| text.starts_with(&*start))
            }
            Self::EndsWith(texts) => {
                both(texts, connection).is_some_and(|(text, end)| text.ends_with(&*end))
            }
            Self::Contains(texts) => {
                both(texts, connection).is_some_and(|(text, part)| text.contains(&*part))
            }
            _ => false,
        }
    }

    fn integer(&self, connection: &impl ConnectionFacts) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::GroupCount => Some(to_integer(connection.group_count())),
            Self::Length(text) => Some(to_integer(units(&text.text(connection)?))),
            Self::IndexOf(texts) => {
                let (text, part) = both(texts, connection)?;
                let index = text.find(&*part);
                Some(index.map_or(-1, |index| to_integer(units(&text[..index]))))
            }
            _ => None,
        }
    }

    fn text<'a>(&'a self, connection: &'a impl ConnectionFacts) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(literal) => Some(Cow::Borrowed(&literal.0)),
            Self::UserId => connection.user_id().map(Cow::Borrowed),
            Self::ConnectionId => Some(Cow::Borrowed(connection.connection_id())),
            Self::Protocol => connection.protocol().map(Cow::Borrowed),
            Self::ToLower(text) => Some(map_chars(&text.text(connection)?, char::to_lowercase)),
            Self::ToUpper(text) => Some(map_chars(&text.text(connection)?, char::to_uppercase)),
            Self::Trim(text) => Some(slice(text.text(connection)?, str::trim)),
            Self::Substring {
                text,
                start,
                length,
            } => Some(slice(text.text(connection)?, |text| {
                substring(text, *start, *length)
            })),
            Self::Concat(texts) => both(texts, connection).map(|(text, end)| text + end),
            _ => None,
        }
    }
}

/// Two texts, if neither is null.
fn both<'a>(
    [first, second]: &'a [Operand; 2],
    connection: &'a impl ConnectionFacts,
) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    Some((first.text(connection)?, second.text(connection)?))
}

fn to_integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Changes each character on its own; one whose change is several characters stays as it is.
fn map_chars<I: Iterator<Item = char>>(text: &str, change: fn(char) -> I) -> Cow<'static, str> {
    let change = |c| {
        let mut changed = change(c);
        match (changed.next(), changed.next()) {
            (Some(only), None) => only,
            _ => c,
        }
    };
    text.chars().map(change).collect()
}

/// A part of a text, which stays borrowed if it is.
fn slice(text: Cow<'_, str>, part: impl Fn(&str) -> &str) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => part(text).into(),
        Cow::Owned(text) => part(&text).to_owned().into(),
    }
}

/// The characters that begin in `length` UTF-16 code units from `start` on.
fn substring(text: &str, start: usize, length: Option<usize>) -> &str {
    let end = length.map_or(text.len(), |length| {
        byte_at(text, start.saturating_add(length))
    });
    &text[byte_at(text, start)..end]
}

/// Where the first character begins before which at least so many UTF-16 code units stand.
fn byte_at(text: &str, units: usize) -> usize {
    let mut before = 0;
    text.char_indices()
        .find(|(_, c)| {
            let reached = before >= units;
            before += c.len_utf16();
            reached
        })
        .map_or(text.len(), |(index, _)| index)
}
