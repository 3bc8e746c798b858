use std::{fmt::Debug, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use proptest::prelude::*;
use webpubsub_protocol::{
    ConnectionId, Error, ErrorKind, GroupName, HubName, Message, Target, UserId,
    operation::{
        AddConnectionToGroup, CloseConnection, ConnectionExists, Filter, GroupExists, MessageTtl,
        Operation, OperationInfo, RemoveConnectionFromGroup, RequestReader, SendToAll,
        SendToConnection, SendToGroup, SendToUser, ServiceStatus, UserExists, WithExcluded,
        WithFilter, WithMessageTtl, WithReason,
    },
};

fn target(hub: &str) -> Target {
    let endpoint = "https://contoso.webpubsub.azure.com/sub/".parse().unwrap();
    Target::new(endpoint, HubName::new(hub).unwrap())
}

fn request<O: Operation>(operation: &O) -> Request<Bytes> {
    operation.to_request(&target("Chat")).unwrap()
}

/// Reads an operation back as a server behind the endpoint's sub-path would.
fn read_back<O: Operation>(request: &Request<Bytes>) -> Result<O, Error> {
    let path = request.uri().path().strip_prefix("/sub").unwrap();
    let segments = O::TEMPLATE
        .matches(path)
        .expect("a request has its template's shape");
    O::read(&RequestReader::new(
        segments,
        request.uri().query(),
        request.headers(),
        request.body(),
    )?)
}

/// The request as text, after checking that it reads back as the operation it was.
fn wire<O: Operation + PartialEq + Debug>(operation: &O) -> String {
    let request = request(operation);
    assert_eq!(read_back::<O>(&request).unwrap(), *operation);

    let info = request.extensions().get::<OperationInfo>().unwrap();
    let mut lines = vec![
        format!(
            "{} {:?}, success {}",
            info.name,
            info.idempotency,
            O::SUCCESS.as_u16()
        ),
        format!("{} {}", request.method(), request.uri()),
    ];
    let header = |(name, value): (&header::HeaderName, &HeaderValue)| {
        format!("{name}: {}", value.to_str().unwrap())
    };
    lines.extend(request.headers().iter().map(header));
    lines.push(format!("{:?}", request.body()));
    lines.join("\n")
}

fn group() -> GroupName {
    GroupName::new("room 1/é").unwrap()
}

fn user() -> UserId {
    UserId::new("a/b c+d%é").unwrap()
}

fn connection(id: &str) -> ConnectionId {
    ConnectionId::new(id).unwrap()
}

fn ttl() -> MessageTtl {
    Duration::from_secs(60).try_into().unwrap()
}

#[test]
fn the_wire_of_each_operation() {
    let all_options = SendToAll::new(
        Message::json(&serde_json::json!({ "hello": "wörld", "n": [1, 2] })).unwrap(),
    )
    .excluded([connection("c1"), connection("c 2")])
    .filter(Filter::raw("userId eq 'a b'"))
    .message_ttl(ttl());
    let requests = [
        wire(&SendToAll::new(Message::text("héllo"))),
        wire(&all_options),
        wire(&SendToGroup::new(
            group(),
            Message::binary(Bytes::from_static(&[0, 1, 255])),
        )),
        wire(
            &SendToGroup::new(group(), Message::text(""))
                .excluded([connection("c1")])
                .filter(Filter::raw("'vip' in groups"))
                .message_ttl(ttl()),
        ),
        wire(
            &SendToUser::new(user(), Message::text("x"))
                .filter(Filter::raw("true"))
                .message_ttl(ttl()),
        ),
        wire(&SendToConnection::new(connection("-_c"), Message::text("x")).message_ttl(ttl())),
        wire(&ConnectionExists::new(connection("c1"))),
        wire(&GroupExists::new(group())),
        wire(&UserExists::new(user())),
        wire(&CloseConnection::new(connection("c1"))),
        wire(&CloseConnection::new(connection("c1")).reason("bye & now")),
        wire(&AddConnectionToGroup::new(group(), connection("c1"))),
        wire(&RemoveConnectionFromGroup::new(group(), connection("c1"))),
        wire(&ServiceStatus::default()),
    ];
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn a_name_that_a_path_would_swallow_is_refused() {
    // Normalized, `/users/../:send` would be `/:send`: a message for one would go to all.
    let hub = HubName::new("chat").unwrap();
    for name in [".", ".."] {
        let operation = SendToUser::new(UserId::new(name).unwrap(), Message::text("x"));
        let error = operation.to_request(&target(hub.as_str())).unwrap_err();
        assert_eq!(error.parameter(), Some("userId"));
    }
}

#[test]
fn a_url_that_is_too_long_is_an_error() {
    let many = (0..5000).map(|n| connection(&format!("connection-{n}")));
    let operation = SendToAll::new(Message::text("x")).excluded(many);
    let error = operation.to_request(&target("chat")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid `url`: must not exceed 65,534 bytes: name fewer or shorter values"
    );
}

#[test]
fn what_a_server_receives_is_checked() {
    let good = request(&SendToGroup::new(group(), Message::text("x")));
    let with = |query: &str, content_type: Option<&str>, body: &'static str| {
        let (mut parts, _) = good.clone().into_parts();
        parts.uri = format!("{}{query}", parts.uri).parse().unwrap();
        parts.headers.remove(header::CONTENT_TYPE);
        if let Some(content_type) = content_type {
            parts
                .headers
                .insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        read_back::<SendToGroup>(&Request::from_parts(
            parts,
            Bytes::from_static(body.as_bytes()),
        ))
    };
    let kind = |result: Result<SendToGroup, Error>| result.unwrap_err().kind();

    assert_eq!(
        with("&messageTtlSeconds=301", None, "")
            .unwrap_err()
            .parameter(),
        Some("messageTtlSeconds")
    );
    assert_eq!(
        with("&messageTtlSeconds=-1", None, "")
            .unwrap_err()
            .parameter(),
        Some("messageTtlSeconds")
    );
    assert_eq!(
        with("&excluded=", None, "").unwrap_err().parameter(),
        Some("connectionId")
    );
    assert_eq!(
        with("&excluded=%ff", None, "").unwrap_err().parameter(),
        Some("query")
    );
    assert_eq!(
        kind(with("", Some("text/html"), "x")),
        ErrorKind::UnsupportedContentType
    );
    assert_eq!(
        kind(with("", Some("text/plain; charset=utf-16"), "x")),
        ErrorKind::UnsupportedContentType
    );
    assert_eq!(
        kind(with("", Some("application/json"), "{")),
        ErrorKind::InvalidJson
    );

    assert_eq!(with("", None, "x").unwrap().message, Message::binary("x"));
    assert_eq!(
        with("", Some("Text/Plain; charset=\"UTF-8\""), "x")
            .unwrap()
            .message,
        Message::text("x")
    );
    assert_eq!(
        with("&filter=a+b", None, "x").unwrap().filter,
        Some(Filter::raw("a b"))
    );
}

#[test]
fn a_path_of_another_shape_does_not_match() {
    for path in [
        "",
        "/",
        "/api/hubs/chat/:sent",
        "/api/hubs/chat/:send/",
        "/api/hubs/chat/x/:send",
        "api/hubs/chat/:send",
    ] {
        assert!(SendToAll::TEMPLATE.matches(path).is_none(), "{path}");
    }
}

#[test]
fn an_answer_is_a_success_a_fact_or_an_error() {
    fn answered<O: Operation<Output: Debug>>(status: StatusCode) -> String {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        match O::parse_response(&response) {
            Ok(output) => format!("{output:?}"),
            Err(error) => error.to_string(),
        }
    }
    assert_eq!(answered::<SendToAll>(StatusCode::ACCEPTED), "()");
    assert_eq!(answered::<SendToAll>(StatusCode::OK), "()");
    assert_eq!(
        answered::<SendToAll>(StatusCode::NOT_FOUND),
        "the service answered 404 Not Found"
    );
    assert_eq!(
        answered::<SendToAll>(StatusCode::FOUND),
        "the service answered 302 Found"
    );
    assert_eq!(answered::<UserExists>(StatusCode::OK), "true");
    assert_eq!(answered::<UserExists>(StatusCode::NOT_FOUND), "false");
    assert_eq!(
        answered::<UserExists>(StatusCode::UNAUTHORIZED),
        "the service answered 401 Unauthorized"
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
        let ttl = MessageTtl::try_from(Duration::from_secs(seconds)).unwrap();
        let excluded = excluded.iter().map(|id| connection(id));
        let to_group = SendToGroup::new(GroupName::new(group).unwrap(), Message::text(text.clone()))
            .excluded(excluded)
            .message_ttl(ttl);
        prop_assert_eq!(&read_back::<SendToGroup>(&request(&to_group)).unwrap(), &to_group);
        let to_user = SendToUser::new(UserId::new(user).unwrap(), Message::text(text)).filter(Filter::raw("a"));
        prop_assert_eq!(&read_back::<SendToUser>(&request(&to_user)).unwrap(), &to_user);
    }

    #[test]
    fn no_request_panics_a_server(path in "/?(api/hubs|[^?#]{0,10})[^?#]{0,30}", query in ".{0,40}", body in ".{0,20}") {
        let body = Bytes::from(body);
        let headers = http::HeaderMap::new();
        for template in [SendToGroup::TEMPLATE, AddConnectionToGroup::TEMPLATE] {
            if let Some(segments) = template.matches(&path) {
                let reader = RequestReader::new(segments, Some(&query), &headers, &body);
                let _ = reader.map(|reader| (SendToGroup::read(&reader), AddConnectionToGroup::read(&reader)));
            }
        }
    }
}

#[test]
fn methods_with_a_body_always_state_its_length() {
    let lengths = [
        request(&SendToAll::new(Message::text(""))),
        request(&AddConnectionToGroup::new(group(), connection("c"))),
        request(&CloseConnection::new(connection("c"))),
    ]
    .map(|request| {
        (
            request.method().clone(),
            request.headers().get(header::CONTENT_LENGTH).cloned(),
        )
    });
    let zero = Some(HeaderValue::from_static("0"));
    assert_eq!(
        lengths,
        [
            (Method::POST, zero.clone()),
            (Method::PUT, zero),
            (Method::DELETE, None)
        ]
    );
}
