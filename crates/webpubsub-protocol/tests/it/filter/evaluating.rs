use super::{model::Connection, read};

pub(super) fn ann() -> Connection {
    Connection {
        user_id: Some("Ann".to_owned()),
        id: "c1".to_owned(),
        protocol: Some("json.webpubsub.azure.v1".to_owned()),
        groups: vec!["vip".to_owned(), "lobby".to_owned()],
    }
}

fn guest() -> Connection {
    Connection {
        user_id: None,
        id: "c2".to_owned(),
        protocol: None,
        groups: Vec::new(),
    }
}

#[test]
fn the_documented_examples_select_whom_they_say() {
    let users = [
        "user1",
        "USER1",
        " user1 ",
        "user'1",
        "user-ab-de",
        "de",
        "milk",
    ];
    let selected = |text: &str| {
        let expression = read(text);
        let is_selected = |user: &&str| {
            expression.matches(&Connection {
                user_id: Some((*user).to_owned()),
                id: "123".to_owned(),
                protocol: None,
                groups: vec!["group1".to_owned(), "group2".to_owned()],
            })
        };
        let selected: Vec<_> = users.into_iter().filter(is_selected).collect();
        format!("{text}: {selected:?}")
    };
    let lines = [
        "userId eq 'user1'",
        "userId ne 'user1'",
        "connectionId ne '123'",
        "'group1' in groups",
        "userId eq null",
        "userId ne null",
        "length(userId) le 10 and length(userId) gt 3",
        "length(userId) gt 10 or length(userId) le 3",
        "length(userId) ge 10",
        "not endswith(userId, 'milk')",
        "not (length(userId) gt 5)",
        "tolower(userId) eq 'user1'",
        "toupper(userId) eq 'USER1'",
        "trim(userId) eq 'user1'",
        "substring(userId,5,2) eq 'ab'",
        "endswith(userId,'de')",
        "startswith(userId,'user')",
        "indexof(userId,'-ab-') ge 0",
        "length(groups) gt 1",
        "'group1' in groups or 'group2' in groups or 'group3' in groups",
        "userId in ('user1', 'user2', 'user3') and 'group1' in groups",
        "userId eq 'user1' and connectionId ne '123'",
        "userId eq 'user1' and (not ('group1' in groups))",
        "userId eq 'user''1'",
    ];
    insta::assert_snapshot!(lines.map(selected).join("\n"));
}

#[test]
fn null_is_equal_to_null_alone() {
    let cases = [
        ("userId eq null", false, true),
        ("null ne userId", true, false),
        ("userId eq 'Ann'", true, false),
        ("userId ne 'Ann'", false, true),
        ("userId ne 'x'", true, true),
        ("userId in ('Ann',null)", true, true),
        ("null in (userId)", false, true),
        ("userId in groups", false, false),
        ("null in groups", false, false),
        ("startswith(userId,'')", true, false),
        ("not startswith(userId,'')", false, true),
        ("endswith('',userId)", false, false),
        ("contains(userId,null)", false, false),
        ("length(userId) eq null", false, true),
        ("length(userId) gt 0", true, false),
        ("length(userId) le 0", false, false),
        ("length(userId) ge null", false, false),
        ("null lt null", false, false),
        ("indexof(userId,'nn') eq 1", true, false),
        ("concat(userId,'x') eq null", false, true),
        ("tolower(trim(substring(userId,0))) eq null", false, true),
        ("protocol eq null", false, true),
        ("true ne null", true, true),
    ];
    for (text, of_ann, of_guest) in cases {
        let expression = read(text);
        assert_eq!(expression.matches(&ann()), of_ann, "Ann: {text}");
        assert_eq!(expression.matches(&guest()), of_guest, "guest: {text}");
    }
}

#[test]
fn strings_are_counted_in_utf_16_and_changed_character_by_character() {
    let truths = [
        "length('ü') eq 1",
        "length('😀') eq 2",
        "indexof('😀x','x') eq 2",
        "indexof('abc','') eq 0",
        "indexof('abc','d') eq -1",
        "substring('😀x',2) eq 'x'",
        "substring('😀x',1) eq 'x'",
        "substring('a😀x',0,2) eq 'a😀'",
        "substring('abc',1,0) eq ''",
        "substring('abc',3) eq ''",
        "substring('abc',4,9223372036854775807) eq ''",
        "toupper('straße') eq 'STRAßE'",
        "toupper('ünü') eq 'ÜNÜ'",
        "tolower('İÀ') eq 'İà'",
        "trim(concat(' ',concat('a b','\u{3000}'))) eq 'a b'",
        "substring(tolower('ABC'),1,1) eq 'b'",
        "'a' ne 'A'",
        "not contains('Ann','ann')",
        "protocol eq 'json.webpubsub.azure.v1'",
        "'vip' in groups and not ('VIP' in groups)",
        "length(groups) in (1,2)",
        "startswith(userId,'A') ne false",
    ];
    for truth in truths {
        assert!(read(truth).matches(&ann()), "{truth}");
    }
}
