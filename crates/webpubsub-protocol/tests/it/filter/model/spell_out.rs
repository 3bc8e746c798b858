//! Spelled out with every parenthesis that is allowed, and strings as `quote` writes them.

use super::{Condition, Number, Words};

type Quote = fn(&str) -> String;

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(" , ")
}

impl Words {
    fn spell_out(&self, quote: Quote) -> String {
        match self {
            Self::Given(text) => format!("({})", quote(text)),
            Self::User => "( USERID )".to_owned(),
            Self::Connection => "( connectionid )".to_owned(),
            Self::Lower(of) => format!("(tolower({}))", of.spell_out(quote)),
            Self::Upper(of) => format!("(toupper({}))", of.spell_out(quote)),
            Self::Trim(of) => format!("(trim({}))", of.spell_out(quote)),
            Self::Concat(left, right) => {
                format!(
                    "(concat({} , {}))",
                    left.spell_out(quote),
                    right.spell_out(quote)
                )
            }
            Self::Substring(of, start, None) => {
                format!("(substring({} , +{start}))", of.spell_out(quote))
            }
            Self::Substring(of, start, Some(length)) => {
                format!("(substring({} , {start} , {length}))", of.spell_out(quote))
            }
        }
    }
}

impl Number {
    fn spell_out(&self, quote: Quote) -> String {
        match self {
            Self::Given(number) => format!("({number})"),
            Self::Groups => "(length((GROUPS)))".to_owned(),
            Self::Length(of) => format!("(length({}))", of.spell_out(quote)),
            Self::IndexOf(of, part) => {
                format!(
                    "(indexof({} , {}))",
                    of.spell_out(quote),
                    part.spell_out(quote)
                )
            }
        }
    }
}

impl Condition {
    pub(in crate::filter) fn spell_out(&self, quote: Quote) -> String {
        match self {
            Self::Constant(constant) => format!("({constant})"),
            Self::Text(relation @ ("eq" | "ne"), left, right) => {
                format!(
                    "({} {relation} {})",
                    left.spell_out(quote),
                    right.spell_out(quote)
                )
            }
            Self::Text(relation, left, right) => {
                format!(
                    "({relation}({} , {}))",
                    left.spell_out(quote),
                    right.spell_out(quote)
                )
            }
            Self::IsNull(text) => format!("({} eq (null))", text.spell_out(quote)),
            Self::IsNotNull(text) => format!("({} ne (null))", text.spell_out(quote)),
            Self::Number(comparison, left, right) => {
                format!(
                    "({} {comparison} {})",
                    left.spell_out(quote),
                    right.spell_out(quote)
                )
            }
            Self::NumberIn(_, items) if items.is_empty() => "(false)".to_owned(),
            Self::NumberIn(number, items) => {
                let items = list(items.iter().map(|item| item.spell_out(quote)));
                format!("({} in ( {items} ))", number.spell_out(quote))
            }
            Self::OneOf(_, items) if items.is_empty() => "(false)".to_owned(),
            Self::OneOf(text, items) => {
                let items = list(items.iter().map(|item| item.spell_out(quote)));
                format!("({} in ( {items} ))", text.spell_out(quote))
            }
            Self::InGroup(group) => format!("({} in (groups))", group.spell_out(quote)),
            Self::Not(inner) => format!("(not {})", inner.spell_out(quote)),
            Self::And(left, right) => {
                format!("({} and {})", left.spell_out(quote), right.spell_out(quote))
            }
            Self::Or(left, right) => {
                format!("({} or {})", left.spell_out(quote), right.spell_out(quote))
            }
        }
    }
}
