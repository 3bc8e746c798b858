//! As the crate builds it.

use webpubsub_protocol::{
    Filter,
    filter::{Integer, Text, connection_id, groups, user_id},
};

use super::{Condition, Number, Words};

impl Words {
    fn build(&self) -> Text {
        match self {
            Self::Given(text) => Text::from(text),
            Self::User => user_id(),
            Self::Connection => connection_id(),
            Self::Lower(of) => of.build().to_lower(),
            Self::Upper(of) => of.build().to_upper(),
            Self::Trim(of) => of.build().trim(),
            Self::Concat(left, right) => left.build().concat(right.build()),
            Self::Substring(of, start, length) => of.build().substring(*start, *length),
        }
    }
}

impl Number {
    fn build(&self) -> Integer {
        match self {
            Self::Given(number) => Integer::from(*number),
            Self::Groups => groups().length(),
            Self::Length(of) => of.build().length(),
            Self::IndexOf(of, part) => of.build().index_of(part.build()),
        }
    }
}

impl Condition {
    pub(in crate::filter) fn build(&self) -> Filter {
        match self {
            Self::Constant(constant) => Filter::from(*constant),
            Self::Text(relation, left, right) => {
                let (left, right) = (left.build(), right.build());
                match *relation {
                    "eq" => left.eq(right),
                    "ne" => left.ne(right),
                    "startswith" => left.starts_with(right),
                    "endswith" => left.ends_with(right),
                    "contains" => left.contains(right),
                    _ => unreachable!(),
                }
            }
            Self::IsNull(text) => text.build().is_null(),
            Self::IsNotNull(text) => text.build().is_not_null(),
            Self::Number(comparison, left, right) => {
                let (left, right) = (left.build(), right.build());
                match *comparison {
                    "eq" => left.eq(right),
                    "ne" => left.ne(right),
                    "gt" => left.gt(right),
                    "ge" => left.ge(right),
                    "lt" => left.lt(right),
                    "le" => left.le(right),
                    _ => unreachable!(),
                }
            }
            Self::NumberIn(number, list) => number.build().is_in(list.iter().map(Number::build)),
            Self::OneOf(text, list) => text.build().is_in(list.iter().map(Words::build)),
            Self::InGroup(group) => groups().contains(group.build()),
            Self::Not(inner) => !inner.build(),
            Self::And(left, right) => left.build() & right.build(),
            Self::Or(left, right) => left.build() | right.build(),
        }
    }
}
