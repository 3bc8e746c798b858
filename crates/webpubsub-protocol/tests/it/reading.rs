use bytes::Bytes;
use http::header;
use proptest::prelude::*;
use webpubsub_protocol::{
    ClientProtocol, Error, ErrorKind, Message, UserId,
    operation::{
        AddConnectionToGroup, AddConnectionsToGroups, Filter, GenerateClientToken, Operation,
        RequestReader, SendToAll, SendToGroup, SendToUser,
    },
};

use crate::support::{group, read_back, request, with_query};

#[test]
fn what_a_server_receives_is_checked() {
    let good = request(&SendToGroup::new(group(), Message::text("x")));
    let with = |query: &str, content_type: Option<&str>, body: &'static str| {
        let mut request = with_query(&good, query);
        *request.body_mut() = Bytes::from_static(body.as_bytes());
        request.headers_mut().remove(header::CONTENT_TYPE);
        if let Some(content_type) = content_type {
            let value = content_type.parse().unwrap();
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        read_back::<SendToGroup>(&request)
    };
    let kind = |result: Result<SendToGroup, Error>| result.unwrap_err().kind();
    let parameter = |query| with(query, None, "").unwrap_err().parameter();

    assert_eq!(parameter("&excluded="), Some("connectionId"));
    assert_eq!(parameter("&excluded=%ff"), Some("query"));
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
fn bodies_of_bulk_changes_are_checked() {
    let good = request(&AddConnectionsToGroups::new(vec![group()]));
    let read = |body: &'static str| {
        let mut request = good.clone();
        *request.body_mut() = Bytes::from_static(body.as_bytes());
        read_back::<AddConnectionsToGroups>(&request)
    };
    let all = AddConnectionsToGroups::new(vec!["g".try_into().unwrap()]);
    for body in [
        r#"{"groups":["g"]}"#,
        r#"{"filter":null,"groups":["g"]}"#,
        r#"{"filter":"","groups":["g"],"future":1}"#,
    ] {
        assert_eq!(read(body).unwrap(), all, "{body}");
    }
    let bodies = [
        "",
        "{",
        "[]",
        "{}",
        r#"{"groups":[]}"#,
        r#"{"groups":[""]}"#,
        r#"{"groups":"CANARY"}"#,
        r#"{"groups":["g"],"filter":["CANARY"]}"#,
    ];
    let errors = bodies.map(|body| format!("{body:?}: {}", read(body).unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn client_types_of_other_writers_are_read() {
    let good = request(&SendToAll::new(Message::text("")));
    let protocol = |query| {
        let request = with_query(&good, query);
        let headers = request.headers();
        let segments = SendToAll::TEMPLATE
            .matches("/api/hubs/Chat/:send")
            .expect("any path will do");
        let reader = RequestReader::new(segments, request.uri().query(), headers, request.body());
        GenerateClientToken::read(&reader.unwrap()).map(|token| token.protocol)
    };
    assert_eq!(protocol("").unwrap(), ClientProtocol::WebSocket);
    for (query, read) in [
        ("&clientType=default", ClientProtocol::WebSocket),
        ("&clientType=mqtt", ClientProtocol::Mqtt),
        ("&CLIENTTYPE=socketio", ClientProtocol::SocketIo),
    ] {
        assert_eq!(protocol(query).unwrap(), read, "{query}");
    }
    assert_eq!(
        protocol("&clientType=x").unwrap_err().parameter(),
        Some("clientType")
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
fn neither_end_prints_what_passes_through() {
    let request = request(&SendToUser::new(
        UserId::new("CANARY").unwrap(),
        Message::text("CANARY"),
    ));
    let segments = SendToUser::TEMPLATE.matches("/api/hubs/Chat/users/CANARY/:send");
    let reader = RequestReader::new(
        segments.unwrap(),
        Some("filter=CANARY"),
        request.headers(),
        request.body(),
    );
    assert_eq!(format!("{:?}", reader.unwrap()), "RequestReader { .. }");
}

proptest! {
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
