//! The operands filters are made of. Each holds its own text, which is one whole operand wherever it is put.

use std::fmt;

use super::Filter;

/// The user id of a connection; an anonymous one has none, see [`Text::is_null`].
#[must_use]
pub fn user_id() -> Text {
    Text("userId".to_owned())
}

/// The id of a connection.
#[must_use]
pub fn connection_id() -> Text {
    Text("connectionId".to_owned())
}

/// The groups a connection is in.
#[must_use]
pub fn groups() -> Groups {
    Groups(())
}

/// A string in a filter: of the connection, computed, or given: anything that is a `str`, such as `"ann"` or a
/// [`UserId`](crate::UserId), stands for itself.
///
/// ```
/// use webpubsub_protocol::filter::{Text, user_id};
///
/// let filter = user_id().to_lower().index_of("ann").ge(0) | Text::from("bob,eve").contains(user_id());
/// assert_eq!(filter.as_str(), "indexof(tolower(userId),'ann') ge 0 or contains('bob,eve',userId)");
/// ```
#[derive(Clone)]
pub struct Text(String);

impl Text {
    /// `eq`: the same, with regard to case.
    #[must_use]
    pub fn eq(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "eq", &other.into().0)
    }

    /// `ne`: not the same, with regard to case; true of what [is null](Self::is_null).
    #[must_use]
    pub fn ne(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "ne", &other.into().0)
    }

    /// `eq null`: of [`user_id`], the connection is anonymous.
    #[must_use]
    pub fn is_null(self) -> Filter {
        compare(&self.0, "eq", "null")
    }

    /// `ne null`: of [`user_id`], the connection has a user.
    #[must_use]
    pub fn is_not_null(self) -> Filter {
        compare(&self.0, "ne", "null")
    }

    /// `in`: one of these; of none, nothing is.
    ///
    /// ```
    /// use webpubsub_protocol::filter::user_id;
    ///
    /// assert_eq!(user_id().is_in(["ann", "bob"]).as_str(), "userId in ('ann','bob')");
    /// assert_eq!(user_id().is_in([""; 0]).as_str(), "false");
    /// ```
    #[must_use]
    pub fn is_in<T: Into<Self>>(self, texts: impl IntoIterator<Item = T>) -> Filter {
        is_in(&self.0, texts.into_iter().map(|text| text.into().0))
    }

    /// `startswith`: the beginning of this is `start`, with regard to case.
    #[must_use]
    pub fn starts_with(self, start: impl Into<Self>) -> Filter {
        Filter::call(call("startswith", &[&self.0, &start.into().0]))
    }

    /// `endswith`: the end of this is `end`, with regard to case.
    #[must_use]
    pub fn ends_with(self, end: impl Into<Self>) -> Filter {
        Filter::call(call("endswith", &[&self.0, &end.into().0]))
    }

    /// `contains`: `part` stands somewhere in this, with regard to case.
    #[must_use]
    pub fn contains(self, part: impl Into<Self>) -> Filter {
        Filter::call(call("contains", &[&self.0, &part.into().0]))
    }

    /// `length`: how many UTF-16 code units this has.
    #[must_use]
    pub fn length(self) -> Integer {
        Integer(call("length", &[&self.0]))
    }

    /// `indexof`: where `part` begins in this, in UTF-16 code units from 0; -1 if it is not in it.
    #[must_use]
    pub fn index_of(self, part: impl Into<Self>) -> Integer {
        Integer(call("indexof", &[&self.0, &part.into().0]))
    }

    /// `tolower`: this in lower case.
    #[must_use]
    pub fn to_lower(self) -> Self {
        Self(call("tolower", &[&self.0]))
    }

    /// `toupper`: this in upper case.
    #[must_use]
    pub fn to_upper(self) -> Self {
        Self(call("toupper", &[&self.0]))
    }

    /// `trim`: this without the white space around it.
    #[must_use]
    pub fn trim(self) -> Self {
        Self(call("trim", &[&self.0]))
    }

    /// `concat`: this and then `end`.
    #[must_use]
    pub fn concat(self, end: impl Into<Self>) -> Self {
        Self(call("concat", &[&self.0, &end.into().0]))
    }

    /// `substring`: this from `start` on, in UTF-16 code units from 0; of `length` units, or up to the end.
    ///
    /// ```
    /// use webpubsub_protocol::filter::user_id;
    ///
    /// assert_eq!(user_id().substring(5, 2).eq("ab").as_str(), "substring(userId,5,2) eq 'ab'");
    /// assert_eq!(user_id().substring(5, None).eq("ab-de").as_str(), "substring(userId,5) eq 'ab-de'");
    /// ```
    #[must_use]
    pub fn substring(self, start: u32, length: impl Into<Option<u32>>) -> Self {
        let start = start.to_string();
        Self(match length.into() {
            Some(length) => call("substring", &[&self.0, &start, &length.to_string()]),
            None => call("substring", &[&self.0, &start]),
        })
    }
}

impl<T: AsRef<str>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(format!("'{}'", text.as_ref().replace('\'', "''")))
    }
}

/// An integer in a filter: computed, or a number.
///
/// ```
/// use webpubsub_protocol::filter::{groups, user_id};
///
/// let filter = user_id().length().gt(3) & groups().length().le(user_id().length());
/// assert_eq!(filter.as_str(), "length(userId) gt 3 and length(groups) le length(userId)");
/// ```
#[derive(Clone)]
pub struct Integer(String);

impl Integer {
    /// `eq`: equal.
    #[must_use]
    pub fn eq(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "eq", &other.into().0)
    }

    /// `ne`: not equal.
    #[must_use]
    pub fn ne(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "ne", &other.into().0)
    }

    /// `gt`: greater.
    #[must_use]
    pub fn gt(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "gt", &other.into().0)
    }

    /// `ge`: greater or equal.
    #[must_use]
    pub fn ge(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "ge", &other.into().0)
    }

    /// `lt`: less.
    #[must_use]
    pub fn lt(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "lt", &other.into().0)
    }

    /// `le`: less or equal.
    #[must_use]
    pub fn le(self, other: impl Into<Self>) -> Filter {
        compare(&self.0, "le", &other.into().0)
    }

    /// `in`: one of these; of none, nothing is.
    #[must_use]
    pub fn is_in<T: Into<Self>>(self, integers: impl IntoIterator<Item = T>) -> Filter {
        is_in(
            &self.0,
            integers.into_iter().map(|integer| integer.into().0),
        )
    }
}

impl<T: Into<i64>> From<T> for Integer {
    fn from(number: T) -> Self {
        Self(number.into().to_string())
    }
}

/// The groups a connection is in.
#[derive(Clone)]
pub struct Groups(());

impl Groups {
    /// `in`: the connection is in `group`.
    #[must_use]
    pub fn contains(self, group: impl Into<Text>) -> Filter {
        Filter::clause(format!("{} in groups", group.into().0))
    }

    /// `length`: how many groups the connection is in.
    #[must_use]
    pub fn length(self) -> Integer {
        Integer(call("length", &["groups"]))
    }
}

fn compare(left: &str, operator: &str, right: &str) -> Filter {
    Filter::clause(format!("{left} {operator} {right}"))
}

fn is_in(operand: &str, items: impl Iterator<Item = String>) -> Filter {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return Filter::from(false);
    }
    Filter::clause(format!("{operand} in ({})", items.join(",")))
}

fn call(function: &str, arguments: &[&str]) -> String {
    format!("{function}({})", arguments.join(","))
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Integer({} bytes)", self.0.len())
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Groups")
    }
}
