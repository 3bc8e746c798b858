//! Our operations against a table of the service's contract.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use proptest::prelude::*;
use webpubsub_protocol::{
    ConnectionId, DataType, Error, ErrorKind, GroupName, HubName, Message, UserId,
    operation::{MaxPageSize, MessageTtl, MinutesToExpire, Top},
};

use crate::{
    every_operation::{Sample, every_operation},
    support::{query_pairs, rows, with_query},
};

/// One row of the contract.
struct Contract {
    operation: &'static str,
    method: Method,
    path: &'static str,
    /// Each query parameter, and whether it may repeat.
    query: BTreeMap<&'static str, bool>,
    content_types: BTreeSet<&'static str>,
    answers: Vec<StatusCode>,
}

fn contract() -> Vec<Contract> {
    let words = |cell: &'static str| cell.split(' ').filter(|word| *word != "-");
    let parameter = |word: &'static str| match word.strip_suffix('*') {
        Some(name) => (name, true),
        None => (word, false),
    };
    rows(include_str!("contract/operations.tsv"))
        .map(
            |[operation, method, path, query, content_types, answers]| Contract {
                operation,
                method: method.parse().unwrap(),
                path,
                query: words(query).map(parameter).collect(),
                content_types: words(content_types).collect(),
                answers: words(answers).map(|code| code.parse().unwrap()).collect(),
            },
        )
        .collect()
}

/// Each of our operations beside its row of the contract; every row is used once.
fn sampled(message: &Message) -> Vec<(Sample, Contract)> {
    let mut contract = contract();
    assert_eq!(contract.len(), 25);
    let sampled = every_operation(message).map(|sample| {
        let is_its = |row: &Contract| {
            row.method == sample.request.method() && row.path == sample.info.template
        };
        let row = contract.iter().position(is_its);
        let row = row.unwrap_or_else(|| panic!("{} is in no free row", sample.info.name));
        (sample, contract.remove(row))
    });
    assert!(contract.is_empty());
    sampled.into()
}

/// The parameters of one type with the limits of their values or lengths.
fn limits(of: &'static str) -> impl Iterator<Item = (&'static str, i64, Option<i64>)> {
    rows(include_str!("contract/parameters.tsv"))
        .filter(move |[_, of_type, _, _]| *of_type == of)
        .map(|[name, _, least, most]| (name, least.parse().unwrap(), most.parse().ok()))
}

#[test]
fn every_operation_of_the_contract_is_ours_with_all_its_parameters() {
    for (sample, row) in sampled(&Message::text("x")) {
        let mut count = BTreeMap::new();
        for (key, _) in query_pairs(sample.request.uri().query().unwrap()) {
            *count.entry(key).or_insert(0) += 1;
        }
        assert_eq!(count.remove("api-version"), Some(1), "{}", row.operation);
        let repeats: BTreeMap<_, _> = count
            .iter()
            .map(|(key, count)| (key.as_str(), *count > 1))
            .collect();
        assert_eq!(repeats, row.query, "{}", row.operation);
    }
}

#[test]
fn bodies_have_the_content_types_of_the_contract() {
    let mut seen = BTreeMap::<_, BTreeSet<String>>::new();
    for data_type in [DataType::Text, DataType::Json, DataType::Binary] {
        let message = Message::from_bytes(data_type, "{}").unwrap();
        for (sample, row) in sampled(&message) {
            let content_type = sample.request.headers().get(header::CONTENT_TYPE);
            let has_body = !sample.request.body().is_empty();
            assert_eq!(content_type.is_some(), has_body, "{}", row.operation);
            let types = seen.entry(row.operation).or_default();
            types.extend(content_type.map(|value| value.to_str().unwrap().to_owned()));
        }
    }
    for row in contract() {
        let types: BTreeSet<_> = seen[row.operation].iter().map(String::as_str).collect();
        assert_eq!(types, row.content_types, "{}", row.operation);
    }
}

#[test]
fn answers_are_successes_where_the_contract_says_so() {
    let statuses = [200, 202, 204, 302, 400, 401, 404, 409, 429, 500, 503];
    let success = |status: &StatusCode| status.is_success();
    for (sample, row) in sampled(&Message::text("x")) {
        let successes: Vec<_> = row.answers.iter().copied().filter(success).collect();
        assert_eq!(successes, [sample.success], "{}", row.operation);

        for status in statuses.map(|code| StatusCode::from_u16(code).unwrap()) {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = status;
            // A success may have to carry JSON, which this does not; it is no error of the service all the same.
            let is_error =
                (sample.parse)(&response).is_err_and(|error| error.kind() == ErrorKind::Service);
            let expected = !status.is_success() && !row.answers.contains(&status);
            assert_eq!(is_error, expected, "{} {status}", row.operation);
        }
    }
}

/// Makes the value an operation takes for a number.
fn number(name: &str, value: i64) -> Result<(), Error> {
    let number = || u32::try_from(value).unwrap_or(0);
    match name {
        "messageTtlSeconds" => {
            let seconds = u64::try_from(value).unwrap_or(u64::MAX);
            MessageTtl::try_from(Duration::from_secs(seconds)).map(drop)
        }
        "minutesToExpire" => MinutesToExpire::try_from(number()).map(drop),
        "maxpagesize" => MaxPageSize::try_from(number()).map(drop),
        "top" => Top::try_from(number()).map(drop),
        _ => panic!("{name} has no type"),
    }
}

#[test]
fn numbers_keep_to_the_contract_in_both_directions() {
    let sampled = sampled(&Message::text("x"));
    for (name, least, most) in limits("number") {
        let most = most.unwrap();
        let takes: Vec<_> = sampled
            .iter()
            .filter(|(_, row)| row.query.contains_key(name))
            .collect();
        assert!(!takes.is_empty(), "{name} is taken by an operation");
        for (value, allowed) in [
            (least - 1, false),
            (least, true),
            (most, true),
            (most + 1, false),
        ] {
            let expected = if allowed { Ok(()) } else { Err(Some(name)) };
            let parameter = |result: Result<(), Error>| result.map_err(|error| error.parameter());
            assert_eq!(parameter(number(name, value)), expected, "{name} {value}");
            for (sample, row) in &takes {
                let read = |value: &str| {
                    let uri = sample.request.uri().to_string();
                    let (before, after) = uri.split_once(&format!("&{name}=")).unwrap();
                    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                    let mut request = sample.request.clone();
                    *request.uri_mut() = format!("{before}{after}").parse().unwrap();
                    parameter((sample.read)(&with_query(
                        &request,
                        &format!("&{name}={value}"),
                    )))
                };
                assert_eq!(
                    read(&value.to_string()),
                    expected,
                    "{} {value}",
                    row.operation
                );
                for text in ["", "x", "1.5", "99999999999999999999"] {
                    assert_eq!(read(text), Err(Some(name)), "{} {text}", row.operation);
                }
            }
        }
    }
}

fn name(kind: &str, text: &str) -> Result<(), Error> {
    match kind {
        "hub" => HubName::new(text).map(drop),
        "group" => GroupName::new(text).map(drop),
        "connectionId" => ConnectionId::new(text).map(drop),
        "userId" => UserId::new(text).map(drop),
        _ => panic!("{kind} has no type"),
    }
}

#[test]
fn names_keep_to_the_lengths_of_the_contract() {
    for (kind, least, most) in limits("text") {
        let of_length = |length: i64| name(kind, &"a".repeat(length.try_into().unwrap()));
        assert_eq!(of_length(least - 1).unwrap_err().parameter(), Some(kind));
        of_length(least).unwrap();
        match most {
            Some(most) => {
                of_length(most).unwrap();
                assert_eq!(of_length(most + 1).unwrap_err().parameter(), Some(kind));
            }
            None => of_length(100_000).unwrap(),
        }
    }
}

#[test]
fn names_keep_to_the_patterns_of_the_contract() {
    let hubs = [
        ("a", true),
        ("Z9_`,.[]", true),
        ("1a", false),
        ("_a", false),
        ("a-b", false),
        ("a b", false),
        ("a/b", false),
        ("é", false),
        ("aé", false),
        ("a\n", false),
    ];
    let groups = [
        ("a", true),
        (" a ", true),
        ("a/b?c#d%e", true),
        ("é", true),
        ("..", true),
        (" ", false),
        ("\t \u{a0}", false),
        ("a\nb", false),
        ("\n", false),
    ];
    for (kind, samples) in [("hub", &hubs[..]), ("group", &groups[..])] {
        for (text, allowed) in samples {
            assert_eq!(name(kind, text).is_ok(), *allowed, "{kind} {text:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_the_contracts_pattern_makes_is_a_hub(text in r"[A-Za-z][A-Za-z0-9_`,.\[\]]{0,127}") {
        prop_assert!(HubName::new(text).is_ok());
    }
}
