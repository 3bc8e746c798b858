//! What it means.

use super::{Condition, Connection, Number, Words};

impl Words {
    fn value(&self, connection: &Connection) -> Option<String> {
        let single = |c: char, changed: Vec<char>| if changed.len() == 1 { changed[0] } else { c };
        Some(match self {
            Self::Given(text) => text.clone(),
            Self::User => connection.user_id.clone()?,
            Self::Connection => connection.id.clone(),
            Self::Lower(of) => {
                let text = of.value(connection)?;
                text.chars()
                    .map(|c| single(c, c.to_lowercase().collect()))
                    .collect()
            }
            Self::Upper(of) => {
                let text = of.value(connection)?;
                text.chars()
                    .map(|c| single(c, c.to_uppercase().collect()))
                    .collect()
            }
            Self::Trim(of) => {
                let text = of.value(connection)?;
                text.trim_start().trim_end().to_owned()
            }
            Self::Concat(left, right) => {
                [left.value(connection)?, right.value(connection)?].concat()
            }
            Self::Substring(of, start, length) => {
                let (start, mut unit) = (*start as usize, 0);
                let end = length.map_or(usize::MAX, |length| start + length as usize);
                let mut cut = String::new();
                for c in of.value(connection)?.chars() {
                    if (start..end).contains(&unit) {
                        cut.push(c);
                    }
                    unit += c.len_utf16();
                }
                cut
            }
        })
    }
}

impl Number {
    fn value(&self, connection: &Connection) -> Option<i64> {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        Some(match self {
            Self::Given(number) => i64::from(*number),
            Self::Groups => i64::try_from(connection.groups.len()).unwrap(),
            Self::Length(of) => i64::try_from(units(&of.value(connection)?).len()).unwrap(),
            Self::IndexOf(of, part) => {
                let (text, part) = (
                    units(&of.value(connection)?),
                    units(&part.value(connection)?),
                );
                (0..=text.len())
                    .find(|&start| text[start..].starts_with(&part))
                    .map_or(-1, |start| i64::try_from(start).unwrap())
            }
        })
    }
}

impl Condition {
    pub(in crate::filter) fn holds(&self, connection: &Connection) -> bool {
        match self {
            Self::Constant(constant) => *constant,
            Self::Text(relation, left, right) => {
                let (left, right) = (left.value(connection), right.value(connection));
                match (*relation, left, right) {
                    ("eq", left, right) => left == right,
                    ("ne", left, right) => left != right,
                    ("startswith", Some(text), Some(start)) => text.strip_prefix(&start).is_some(),
                    ("endswith", Some(text), Some(end)) => text.strip_suffix(&end).is_some(),
                    ("contains", Some(text), Some(part)) => text.find(&part).is_some(),
                    _ => false,
                }
            }
            Self::IsNull(text) => text.value(connection).is_none(),
            Self::IsNotNull(text) => text.value(connection).is_some(),
            Self::Number(comparison, left, right) => {
                let (left, right) = (left.value(connection), right.value(connection));
                let order = left.zip(right).map(|(left, right)| left - right);
                match *comparison {
                    "eq" => left == right,
                    "ne" => left != right,
                    "gt" => order.is_some_and(|order| order > 0),
                    "ge" => order.is_some_and(|order| order >= 0),
                    "lt" => order.is_some_and(|order| order < 0),
                    "le" => order.is_some_and(|order| order <= 0),
                    _ => unreachable!(),
                }
            }
            Self::NumberIn(number, list) => {
                let number = number.value(connection);
                list.iter().any(|item| item.value(connection) == number)
            }
            Self::OneOf(text, list) => {
                let text = text.value(connection);
                list.iter().any(|item| item.value(connection) == text)
            }
            Self::InGroup(group) => group
                .value(connection)
                .is_some_and(|group| connection.groups.contains(&group)),
            Self::Not(inner) => !inner.holds(connection),
            Self::And(left, right) => left.holds(connection) & right.holds(connection),
            Self::Or(left, right) => left.holds(connection) | right.holds(connection),
        }
    }
}
