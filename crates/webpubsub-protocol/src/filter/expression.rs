//! What a filter's text means, as a tree whose types are right: only the parser makes one.

use std::fmt;

/// A filter that was read and checked, ready to be asked of many connections.
///
/// It comes from [`Filter::parse`](super::Filter::parse) or from text. Texts that differ only in spacing, in the case
/// of identifiers or in parentheses that change nothing give equal expressions.
///
/// ```
/// use webpubsub_protocol::filter::Expression;
///
/// let expression: Expression = "userId eq 'ann' or 'vip' in groups".parse()?;
/// assert_eq!(expression, "(USERID  eq 'ann') or ('vip' in (groups))".parse()?);
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
///
/// `Debug` shows the structure and leaves the strings out: they can name users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(pub(super) Condition);

/// What is true or false of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// A boolean operand. While the parser is at work, any: it may become the left side of a comparison.
    Operand(Operand),
    Compare(Operand, Comparison, Operand),
    InGroups(Operand),
    InList(Operand, Vec<Operand>),
    Not(Box<Condition>),
    /// Two or more, none of them joined by the same junction: `a and (b and c)` is `a and b and c`.
    Joined(Junction, Vec<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Junction {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(Literal),
    UserId,
    ConnectionId,
    Protocol,
    GroupCount,
    Length(Box<Operand>),
    ToLower(Box<Operand>),
    ToUpper(Box<Operand>),
    Trim(Box<Operand>),
    Substring {
        text: Box<Operand>,
        start: usize,
        length: Option<usize>,
    },
    Concat(Box<[Operand; 2]>),
    IndexOf(Box<[Operand; 2]>),
    StartsWith(Box<[Operand; 2]>),
    EndsWith(Box<[Operand; 2]>),
    Contains(Box<[Operand; 2]>),
}

/// A string of the filter.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Literal(pub(super) Box<str>);

/// The type of an operand; one that is not boolean can still turn out to be null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Text,
}

impl Condition {
    /// Whether it is a condition already, and not the left side of one.
    pub(super) fn is_whole(&self) -> bool {
        !matches!(self, Self::Operand(operand) if operand.r#type() != Type::Boolean)
    }
}

impl Operand {
    pub(super) fn r#type(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Boolean(_) | Self::StartsWith(_) | Self::EndsWith(_) | Self::Contains(_) => {
                Type::Boolean
            }
            Self::Integer(_) | Self::GroupCount | Self::Length(_) | Self::IndexOf(_) => {
                Type::Integer
            }
            Self::Text(_)
            | Self::UserId
            | Self::ConnectionId
            | Self::Protocol
            | Self::ToLower(_)
            | Self::ToUpper(_)
            | Self::Trim(_)
            | Self::Substring { .. }
            | Self::Concat(_) => Type::Text,
        }
    }
}

impl Type {
    /// Whether an operand of this type may stand where one of `other` is asked for.
    pub(super) fn fits(self, other: Self) -> bool {
        self == other || self == Self::Null || other == Self::Null
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}
