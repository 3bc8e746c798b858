//! Any of them.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{Condition, Connection, Number, Words};

/// Any string, the likelier the more it looks like the language itself.
pub(in crate::filter) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab' ]{0,3}",
        "[aAéİß😀\u{3000}]{0,3}",
        Just("' or true or userId eq '".to_owned()),
        Just("'') or ('".to_owned()),
        Just("\\'".to_owned()),
        any::<String>(),
    ]
}

fn words() -> impl Strategy<Value = Words> {
    let leaf = prop_oneof![
        text().prop_map(Words::Given),
        Just(Words::User),
        Just(Words::Connection),
    ];
    leaf.prop_recursive(3, 6, 2, |inner| {
        let inner = inner.prop_map(Box::new);
        prop_oneof![
            inner.clone().prop_map(Words::Lower),
            inner.clone().prop_map(Words::Upper),
            inner.clone().prop_map(Words::Trim),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Words::Concat(left, right)),
            (inner, 0_u32..5, option::of(0_u32..5))
                .prop_map(|(of, start, length)| Words::Substring(of, start, length)),
        ]
    })
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        (-1..4).prop_map(Number::Given),
        any::<i32>().prop_map(Number::Given),
        Just(Number::Groups),
        words().prop_map(Number::Length),
        (words(), words()).prop_map(|(of, part)| Number::IndexOf(of, part)),
    ]
}

pub(in crate::filter) fn condition() -> impl Strategy<Value = Condition> {
    const TESTS: [&str; 5] = ["eq", "ne", "startswith", "endswith", "contains"];
    const COMPARISONS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Condition::Constant),
        (select(&TESTS), words(), words())
            .prop_map(|(relation, left, right)| Condition::Text(relation, left, right)),
        words().prop_map(Condition::IsNull),
        words().prop_map(Condition::IsNotNull),
        (select(&COMPARISONS), number(), number())
            .prop_map(|(comparison, left, right)| Condition::Number(comparison, left, right)),
        (number(), vec(number(), 0..3))
            .prop_map(|(number, list)| Condition::NumberIn(number, list)),
        (words(), vec(words(), 0..3)).prop_map(|(text, list)| Condition::OneOf(text, list)),
        words().prop_map(Condition::InGroup),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        let inner = inner.prop_map(Box::new);
        prop_oneof![
            inner.clone().prop_map(Condition::Not),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Condition::And(left, right)),
            (inner.clone(), inner).prop_map(|(left, right)| Condition::Or(left, right)),
        ]
    })
}

pub(in crate::filter) fn connection() -> impl Strategy<Value = Connection> {
    (option::of(text()), text(), vec(text(), 0..4)).prop_map(|(user_id, id, groups)| Connection {
        user_id,
        id,
        protocol: None,
        groups,
    })
}

/// A word of the language.
pub(in crate::filter) fn word() -> impl Strategy<Value = &'static str> {
    const WORDS: &[&str] = &[
        "userId",
        "connectionId",
        "protocol",
        "groups",
        "'a'",
        "''''",
        "1",
        "-1",
        "true",
        "false",
        "null",
        "eq",
        "ne",
        "gt",
        "in",
        "in",
        "and",
        "or",
        "not",
        "(",
        "(",
        ")",
        ")",
        ",",
        "length(",
        "tolower(",
        "substring(",
        "startswith(",
        "concat(",
    ];
    select(WORDS)
}
