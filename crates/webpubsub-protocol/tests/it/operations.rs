use std::{collections::BTreeSet, fmt::Debug};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use proptest::prelude::*;
use webpubsub_protocol::{
    Error, GroupName, Message, Permission, Target, UserId,
    operation::{
        AddConnectionsToGroups, CloseAllConnections, CloseConnection, Filter, GenerateClientToken,
        GrantPermission, Idempotency, ListConnectionsInGroup, MessageTtl, Operation, RequestReader,
        RequestWriter, SendToAll, SendToGroup, SendToUser, Template, WithExcluded, WithFilter,
        WithMessageTtl, WithResponse,
    },
};

use crate::{
    every_operation::every_operation,
    support::{checked_request, connection, contoso, group, header_lines, read_back, request},
};

fn wire(request: &Request<Bytes>) -> String {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    lines.extend(header_lines(request.headers()));
    lines.push(format!("{:?}", request.body()));
    lines.join("\n")
}

#[test]
fn the_wire_of_each_operation() {
    let message = Message::json(&serde_json::json!({ "hello": "wörld", "n": [1, 2] })).unwrap();
    let requests = every_operation(&message)
        .map(|sample| format!("{}\n{}", sample.info.name, wire(&sample.request)));
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn the_wire_without_options() {
    fn line<O: Operation + PartialEq + Debug>(operation: &O) -> String {
        wire(&checked_request(operation))
    }
    let requests = [
        line(&SendToAll::new(Message::text("héllo"))),
        line(&SendToAll::new(Message::binary(Bytes::from_static(&[
            0, 1, 255,
        ])))),
        line(&SendToGroup::new(group(), Message::text(""))),
        line(&CloseConnection::new(connection("c1"))),
        line(&CloseAllConnections::new()),
        line(&AddConnectionsToGroups::new(vec![group()])),
        line(&ListConnectionsInGroup::new(group())),
        line(&GenerateClientToken::new()),
        line(&GrantPermission::new(
            Permission::SendToGroup,
            connection("c1"),
        )),
    ];
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn each_operation_says_whether_it_may_be_repeated() {
    let table = every_operation(&Message::text("x")).map(|sample| {
        let idempotency = sample.info.idempotency;
        let may = if idempotency.allows_repeat() {
            "repeat"
        } else {
            "once"
        };
        format!("{may:<6}  {idempotency:?}  {}", sample.info.name)
    });
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn names_are_unique_and_safe_methods_are_safe() {
    let samples = every_operation(&Message::text("x"));
    let names: BTreeSet<_> = samples.iter().map(|sample| sample.info.name).collect();
    assert_eq!(names.len(), samples.len());
    for sample in &samples {
        let is_safe = sample.info.idempotency == Idempotency::Safe;
        assert_eq!(
            is_safe,
            sample.request.method().is_safe(),
            "{}",
            sample.info.name
        );
    }
}

#[test]
fn an_operation_with_its_response_has_the_same_wire() {
    let operation = SendToGroup::new(group(), Message::text("x"));
    let wrapped = checked_request(&WithResponse(operation.clone()));
    assert_eq!(wire(&wrapped), wire(&request(&operation)));
}

#[test]
fn a_name_that_a_path_would_swallow_is_refused() {
    // Normalized, `/users/../:send` would be `/:send`: a message for one would go to all.
    for name in [".", ".."] {
        let operation = SendToUser::new(UserId::new(name).unwrap(), Message::text("x"));
        let error = operation.to_request(&contoso()).unwrap_err();
        assert_eq!(error.parameter(), Some("userId"));
    }
}

#[test]
fn what_no_checked_type_refuses_is_refused_when_written() {
    let empty_permission = GrantPermission::new("".into(), connection("c"));
    let no_groups = AddConnectionsToGroups::new(Vec::new());
    let errors = [
        empty_permission.to_request(&contoso()).unwrap_err(),
        no_groups.to_request(&contoso()).unwrap_err(),
    ];
    insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"), @r"
    invalid `permission`: must not be empty
    invalid `groups`: must name at least one group
    ");
}

/// An operation of an application's own that writes the segments it is told to.
struct Written(&'static [&'static str]);

impl Operation for Written {
    type Output = ();

    const NAME: &'static str = "written";
    const METHOD: Method = Method::GET;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/a/{one}/b/{two}");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: http::StatusCode = http::StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        self.0
            .iter()
            .try_for_each(|name| request.segment(name, "x"))
    }

    fn read(_: &RequestReader<'_>) -> Result<Self, Error> {
        Ok(Self(&[]))
    }
}

#[test]
fn an_operation_cannot_leave_out_or_mix_up_the_names_in_its_path() {
    let path = |names| match Written(names).to_request(&contoso()) {
        Ok(request) => request.uri().path().to_owned(),
        Err(error) => error.to_string(),
    };
    let paths = [
        path(&["one", "two"]),
        path(&["one"]),
        path(&[]),
        path(&["two", "one"]),
        path(&["one", "two", "three"]),
    ];
    insta::assert_snapshot!(paths.join("\n"), @r"
    /sub/api/hubs/Chat/a/x/b/x
    invalid `two`: must be named in the URL path
    invalid `one`: must be named in the URL path
    invalid `two`: must be written where the URL path names it
    invalid `three`: must be written where the URL path names it
    ");
}

#[test]
fn a_url_that_is_too_long_is_an_error() {
    let many = (0..5000).map(|n| connection(&format!("connection-{n}")));
    let operation = SendToAll::new(Message::text("x")).excluded(many);
    let error = operation.to_request(&contoso()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid `url`: must not exceed 65,534 bytes: name fewer or shorter values"
    );
}

#[test]
fn the_target_decides_hub_and_version() {
    let target = contoso()
        .with_hub("other".try_into().unwrap())
        .with_api_version("2023-07-01".parse().unwrap());
    let uri = |target: &Target| {
        let operation = SendToAll::new(Message::text("x"));
        operation.to_request(target).unwrap().uri().to_string()
    };
    assert_eq!(
        uri(&target),
        "https://contoso.webpubsub.azure.com/sub/api/hubs/other/:send?api-version=2023-07-01"
    );
}

proptest! {
    #[test]
    fn any_operation_is_recovered_from_its_request(
        names in ("[^\\r\\n]*[^\\s][^\\r\\n]{0,20}", ".+", proptest::collection::vec("(?s).+", 0..4)),
        text in ".*",
        seconds in 0_u64..=300,
    ) {
        let (group, user, excluded) = names;
        prop_assume!(group != "." && group != ".." && user != "." && user != "..");
        let ttl = MessageTtl::try_from(std::time::Duration::from_secs(seconds)).unwrap();
        let excluded = excluded.iter().map(|id| connection(id));
        let to_group = SendToGroup::new(GroupName::new(group).unwrap(), Message::text(text.clone()))
            .excluded(excluded)
            .message_ttl(ttl);
        prop_assert_eq!(&read_back::<SendToGroup>(&request(&to_group)).unwrap(), &to_group);
        let to_user = SendToUser::new(UserId::new(user).unwrap(), Message::text(text)).filter(Filter::raw("a"));
        prop_assert_eq!(&read_back::<SendToUser>(&request(&to_user)).unwrap(), &to_user);
    }
}

#[test]
fn methods_with_a_body_always_state_its_length() {
    for sample in every_operation(&Message::text("")) {
        let length = sample.request.headers().get(header::CONTENT_LENGTH);
        let expected = HeaderValue::from(sample.request.body().len());
        let has_length = [Method::POST, Method::PUT].contains(sample.request.method());
        assert_eq!(
            length,
            has_length.then_some(&expected),
            "{}",
            sample.info.name
        );
    }
}
