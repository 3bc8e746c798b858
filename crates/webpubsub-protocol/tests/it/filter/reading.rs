use webpubsub_protocol::{
    ErrorKind, Filter,
    filter::{Expression, MAX_DEPTH},
};

use super::read;

#[test]
fn what_differs_in_spelling_alone_is_the_same_expression() {
    let pairs = [
        (
            "not true and false or true",
            "((not true) and false) or true",
        ),
        ("true or false and true", "true or (false and true)"),
        ("true and (true and false)", "(true and true) and false"),
        ("true or (true or false)", "(true or true) or false"),
        ("not not true", "not (not true)"),
        (
            "length(userId) gt 0 and length(userId) lt 3 or length(userId) gt 7 and length(userId) lt 10",
            "((length(userId) gt 0) and (length(userId) lt 3)) or ((length(userId) gt 7) and (length(userId) lt 10))",
        ),
        ("USERID eq connectionID", "userId eq connectionId"),
        ("'a' in GROUPS", "('a')in((groups))"),
        ("length(groups) eq 1", " length ( (Groups) )eq+1 "),
        ("userId in ('a','b')", "(userId) in (('a') , 'b')"),
        ("not('a' in groups)", "not\t( 'a'\nin groups )"),
        (
            "startswith(userId,'a') eq true",
            "(startswith((userId),('a')))eq(true)",
        ),
        ("userId eq 'a'", "((userId eq ('a')))"),
    ];
    for (left, right) in pairs {
        assert_eq!(read(left), read(right), "{left}");
    }
    assert_ne!(
        read("(true or false) and true"),
        read("true or false and true")
    );
    assert_ne!(read("not (true and false)"), read("not true and false"));
}

#[test]
fn what_is_no_filter_says_what_is_wrong_and_where() {
    let texts = [
        "",
        "  ",
        "CANARY",
        "userId",
        "'CANARY'",
        "null",
        "userId eq 'CANARY",
        "userId eq 'CANARY''",
        "userId eq CANARY",
        "userId eq \"CANARY\"",
        "userId == 'CANARY'",
        "'ü😀' eq 'b' ?",
        "userId EQ 'a'",
        "userId eq",
        "userId eq 1",
        "1 ne true",
        "userId gt 'a'",
        "userId gt null",
        "length(userId) eq 'a'",
        "length(userId) ge true",
        "length(userId) gt 1or true",
        "length(userId) gt 9223372036854775808",
        "length(userId) gt -",
        "length()",
        "length",
        "length(userId",
        "length(1) eq 1",
        "tolower(groups) eq 'a'",
        "groups eq 'a'",
        "startswith(userId)",
        "startswith(userId,'a','b')",
        "startswith(userId,length(userId))",
        "startswith(userId,(true or false))",
        "substring(userId,-1) eq 'a'",
        "substring(userId,length(userId)) eq 'a'",
        "CANARY(userId)",
        "any(userId)",
        "groups/any(g: g eq 'a')",
        "1 in groups",
        "'a' in userId",
        "'a' in ()",
        "'a' in ('a',1)",
        "'a' in ('a' 'b')",
        "'a' in (groups",
        "not length(userId) gt 5",
        "not 'a' in groups",
        "not",
        "userId eq not true",
        "true and userId",
        "userId and true",
        "true and",
        "true true",
        "(true",
        "true)",
        "(userId eq 'a') eq true",
    ];
    let lines = texts.map(|text| {
        let error = Filter::raw(text).parse().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(error.parameter(), Some("filter"));
        assert!(!error.to_string().contains("CANARY"));
        format!("{text:?}: {error}")
    });
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn levels_are_limited_and_clauses_are_not() {
    type Nest = fn(usize) -> String;
    let nests: [Nest; 4] = [
        |depth| format!("{}true{}", "(".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}true", "not ".repeat(depth)),
        |depth| {
            format!(
                "{}userId{} eq 'a'",
                "trim(".repeat(depth),
                ")".repeat(depth)
            )
        },
        |depth| format!("'a' in ({}userId{})", "(".repeat(depth), ")".repeat(depth)),
    ];
    for nest in nests {
        read(&nest(MAX_DEPTH));
        let error = nest(MAX_DEPTH + 1).parse::<Expression>().unwrap_err();
        assert!(
            error.to_string().contains("more than 100 levels"),
            "{error}"
        );
        nest(100_000).parse::<Expression>().unwrap_err();
    }
    let many = vec!["(userId eq 'Ann')"; 10_000].join(" and ");
    read(&many);
}
