//! The filter of the operations that reach only some connections: made, read and evaluated.
//!
//! A [`Filter`] is made from typed operands, so that no value can change what it means:
//!
//! ```
//! use webpubsub_protocol::filter::{Filter, connection_id, groups, user_id};
//!
//! let filter: Filter = user_id().ne("al'ice") & groups().contains("vip") & !connection_id().starts_with("x");
//! assert_eq!(
//!     filter.as_str(),
//!     "userId ne 'al''ice' and 'vip' in groups and not startswith(connectionId,'x')"
//! );
//! ```
//!
//! Whoever receives its text reads it once, into an [`Expression`], and asks each connection:
//!
//! ```
//! use webpubsub_protocol::filter::{ConnectionFacts, Filter};
//!
//! /// An anonymous client in the group `lobby`.
//! struct Guest;
//!
//! impl ConnectionFacts for Guest {
//!     fn user_id(&self) -> Option<&str> {
//!         None
//!     }
//!     fn connection_id(&self) -> &str {
//!         "a-connection-id"
//!     }
//!     fn protocol(&self) -> Option<&str> {
//!         Some("json.webpubsub.azure.v1")
//!     }
//!     fn is_in_group(&self, group: &str) -> bool {
//!         group == "lobby"
//!     }
//!     fn group_count(&self) -> usize {
//!         1
//!     }
//! }
//!
//! let expression = Filter::raw("userId eq null and length(groups) lt 2").parse()?;
//! assert!(expression.matches(&Guest));
//! # Ok::<(), webpubsub_protocol::Error>(())
//! ```
//!
//! # The language
//!
//! A filter is a condition in the subset of OData that Microsoft documents at <https://aka.ms/awps/filter-syntax>:
//!
//! | | |
//! |---|---|
//! | strings | `userId`, `connectionId`, `'text'` with each quote in it doubled |
//! | integers | `7`, `-7`, `+7`, in 64 bits |
//! | others | `true`, `false`, `null` |
//! | functions that give a string | `tolower(s)`, `toupper(s)`, `trim(s)`, `concat(s,s)`, `substring(s,start)`, `substring(s,start,length)` |
//! | functions that give an integer | `length(s)`, `length(groups)`, `indexof(s,s)` |
//! | functions that are conditions | `startswith(s,s)`, `endswith(s,s)`, `contains(s,s)` |
//! | comparisons | `eq` and `ne` of one type or with `null`; `gt`, `ge`, `lt`, `le` of integers |
//! | membership | `s in groups`, `x in (x,x)` |
//! | together | `not` before `and` before `or`; parentheses |
//!
//! Identifiers are read without regard to case, keywords and functions only in lower case. `not` takes the function or
//! the parentheses right behind it, so a comparison under it needs parentheses. Reading also takes `protocol`, the
//! connection's subprotocol, which the official emulator knows and that page does not.
//!
//! Where that page is silent, the rules for `null` under `gt`, `ge`, `lt` and `le` (it makes them false) and for depth
//! ([`MAX_DEPTH`]) are the official emulator's. The rest is this crate's choice, close to .NET: a function of `null` is
//! `null`, but false where it is a condition; strings are compared with regard to case and counted in UTF-16 code units;
//! a character whose other case is more than one character keeps its own; a `substring` beyond the end is empty.
//!
//! The service limits a filter's size without giving a number; the page warns from about 100 clauses on. Reading sets no
//! limit but depth: its time and memory grow with the text as a whole.

mod evaluate;
mod expression;
mod lexer;
mod operand;
mod parse;

use std::{
    fmt,
    hash::{Hash, Hasher},
    ops::{BitAnd, BitOr, Not},
};

pub use evaluate::ConnectionFacts;
pub use expression::Expression;
pub use operand::{Groups, Integer, Text, connection_id, groups, user_id};
pub use parse::MAX_DEPTH;

use crate::Error;

/// A condition on connections, such as `userId eq 'ann' and 'vip' in groups`, as the text that is sent.
///
/// It comes from the operands of [this module](self), or [`raw`](Self::raw); filters combine with `&`, `|` and `!`.
/// `Filter::from(true)` selects every connection, `Filter::from(false)` none: what a fold starts with.
///
/// Filters with the same text are equal. `Debug` does not show the text: it can name users.
#[derive(Clone)]
pub struct Filter {
    text: String,
    binding: Binding,
}

/// How tightly a filter's text holds together when it becomes a part of another; the loosest first.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Or,
    And,
    Clause,
    Call,
}

impl Filter {
    /// A filter as it is to be sent; nothing is checked, [`parse`](Self::parse) does.
    #[must_use]
    pub fn raw(expression: impl Into<String>) -> Self {
        Self {
            text: expression.into(),
            binding: Binding::Or,
        }
    }

    fn clause(text: String) -> Self {
        Self {
            text,
            binding: Binding::Clause,
        }
    }

    fn call(text: String) -> Self {
        Self {
            text,
            binding: Binding::Call,
        }
    }

    /// The expression.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads the expression, as the service does; the error says what is wrong and where.
    pub fn parse(&self) -> Result<Expression, Error> {
        self.text.parse()
    }

    /// The text, in parentheses if it holds together more loosely than its new place asks for.
    fn part(self, binding: Binding) -> String {
        if self.binding < binding {
            format!("({})", self.text)
        } else {
            self.text
        }
    }

    fn join(self, operator: &str, other: Self, binding: Binding) -> Self {
        let mut text = self.part(binding);
        text.push_str(operator);
        text.push_str(&other.part(binding));
        Self { text, binding }
    }
}

impl BitAnd for Filter {
    type Output = Self;

    /// The connections that both filters select.
    fn bitand(self, other: Self) -> Self {
        self.join(" and ", other, Binding::And)
    }
}

impl BitOr for Filter {
    type Output = Self;

    /// The connections that one of the filters selects, or both.
    fn bitor(self, other: Self) -> Self {
        self.join(" or ", other, Binding::Or)
    }
}

impl Not for Filter {
    type Output = Self;

    /// The connections that the filter does not select.
    fn not(self) -> Self {
        Self::clause(format!("not {}", self.part(Binding::Call)))
    }
}

impl From<bool> for Filter {
    fn from(all: bool) -> Self {
        Self::call(all.to_string())
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Filter {}

impl Hash for Filter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({} bytes)", self.text.len())
    }
}
