use std::fmt::Debug;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use webpubsub_protocol::{
    Error, ErrorKind, Token, UserId,
    operation::{
        GenerateClientToken, GroupMember, Operation, Output, Page, SendToAll, ServiceStatus,
        UserExists, WithResponse,
    },
};

use crate::support::{answer, connection, header_lines};

type Members = Page<GroupMember>;

fn member(user: Option<&str>) -> GroupMember {
    let user = user.map(|user| UserId::new(user).unwrap());
    GroupMember::new(connection("c1"), user)
}

fn text(response: &Response<Bytes>) -> String {
    let mut lines = vec![response.status().to_string()];
    lines.extend(header_lines(response.headers()));
    lines.push(format!("{:?}", response.body()));
    lines.join("\n")
}

#[test]
fn what_a_server_answers() {
    let page = Members::new(vec![member(Some("ann")), member(None)], None);
    let link = "https://contoso.webpubsub.azure.com/next?a=1";
    let more = Members::new(Vec::new(), Some(link.to_owned()));
    let answers = [
        ().to_response(StatusCode::ACCEPTED),
        ().to_response(StatusCode::NO_CONTENT),
        true.to_response(StatusCode::OK),
        false.to_response(StatusCode::OK),
        Token::new("a.b.c").to_response(StatusCode::OK),
        page.to_response(StatusCode::OK),
        more.to_response(StatusCode::OK),
    ];
    insta::assert_snapshot!(answers.each_ref().map(text).join("\n\n"));

    let [accepted, _, yes, no, token, page_answer, more_answer] = &answers;
    <()>::from_response(accepted, StatusCode::ACCEPTED).unwrap();
    assert!(bool::from_response(yes, StatusCode::OK).unwrap());
    assert!(!bool::from_response(no, StatusCode::OK).unwrap());
    assert_eq!(
        Token::from_response(token, StatusCode::OK)
            .unwrap()
            .expose_secret(),
        "a.b.c"
    );
    assert_eq!(
        Members::from_response(page_answer, StatusCode::OK).unwrap(),
        page
    );
    assert_eq!(
        Members::from_response(more_answer, StatusCode::OK).unwrap(),
        more
    );
}

#[test]
fn an_output_can_come_with_its_answer() {
    let mut received = answer(StatusCode::OK, r#"{ "value": [], "nextLink": null }"#);
    let headers = received.headers_mut();
    headers.insert("x-ms-request-id", HeaderValue::from_static("id"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("32"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    received.extensions_mut().insert("from a layer");

    let output = Response::<Members>::from_response(&received, StatusCode::OK).unwrap();
    assert_eq!(output.status(), StatusCode::OK);
    assert_eq!(output.headers(), received.headers());
    assert_eq!(output.extensions().get(), Some(&"from a layer"));
    assert!(output.body().items.is_empty());

    // Written again, the body is shorter; its old length must not stand there.
    insta::assert_snapshot!(text(&output.to_response(StatusCode::OK)), @r#"
    200 OK
    content-type: application/json
    x-ms-request-id: id
    b"{\"value\":[]}"
    "#);
}

#[test]
fn the_output_decides_the_status_it_is_answered_with() {
    let exists = |exists| Response::new(exists).to_response(StatusCode::OK).status();
    assert_eq!(
        (exists(true), exists(false)),
        (StatusCode::OK, StatusCode::NOT_FOUND)
    );
    let not_found = answer(StatusCode::NOT_FOUND, "");
    let output = WithResponse::<UserExists>::parse_response(&not_found).unwrap();
    assert_eq!(
        (output.status(), *output.body()),
        (StatusCode::NOT_FOUND, false)
    );
}

#[test]
fn an_answer_is_a_success_a_fact_or_an_error() {
    fn answered<O: Operation<Output: Debug>>(status: StatusCode) -> String {
        match O::parse_response(&answer(status, "")) {
            Ok(output) => format!("{output:?}"),
            Err(error) => error.to_string(),
        }
    }
    assert_eq!(answered::<SendToAll>(StatusCode::ACCEPTED), "()");
    assert_eq!(
        answered::<SendToAll>(StatusCode::OK),
        "the service's answer is not what the operation gives: the status is 200 OK, not 202 Accepted"
    );
    assert_eq!(
        answered::<UserExists>(StatusCode::NO_CONTENT),
        "the service's answer is not what the operation gives: the status is 204 No Content, not 200 OK"
    );
    assert_eq!(answered::<ServiceStatus>(StatusCode::OK), "()");
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

#[test]
fn a_page_is_read_with_and_without_a_link_and_users() {
    let page =
        |body| Members::from_response(&answer(StatusCode::OK, body), StatusCode::OK).unwrap();
    let last = Members::new(vec![member(None)], None);
    for body in [
        r#"{"value":[{"connectionId":"c1"}]}"#,
        r#"{"value":[{"connectionId":"c1","userId":null}],"nextLink":null}"#,
        r#"{"value":[{"connectionId":"c1","userId":"","future":1}],"future":{}}"#,
    ] {
        assert_eq!(page(body), last, "{body}");
    }
    assert_eq!(
        page(r#"{"nextLink":"https://h/x","value":[{"userId":"ann","connectionId":"c1"}]}"#),
        Members::new(vec![member(Some("ann"))], Some("https://h/x".to_owned()))
    );
}

#[test]
fn a_success_with_other_content_is_an_error_that_repeats_none_of_it() {
    fn error<T: Output + Debug>(body: &'static str) -> String {
        let error = T::from_response(&answer(StatusCode::OK, body), StatusCode::OK).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        let debug = format!("{error:?}");
        assert!(!debug.contains("CANARY"), "{debug}");
        format!("{body}\n    {error}")
    }
    let errors = [
        error::<Members>(""),
        error::<Members>("[1, 2"),
        error::<Members>("<html>CANARY</html>"),
        error::<Members>("{}"),
        error::<Members>(r#"{"value":null}"#),
        error::<Members>(r#"{"value":["CANARY"]}"#),
        error::<Members>(r#"{"value":[{"userId":"CANARY"}]}"#),
        error::<Members>(r#"{"value":[{"connectionId":""}]}"#),
        error::<Members>(r#"{"value":[],"nextLink":["CANARY"]}"#),
        error::<Token>(""),
        error::<Token>("CANARY.b.c"),
        error::<Token>(r#""CANARY.b.c""#),
        error::<Token>(r#"{"token":["CANARY"]}"#),
        error::<Token>(r#"{"Token":"CANARY"}"#),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_token_is_read_whatever_the_content_type_says() {
    let read = |content_type: Option<&'static str>| {
        let mut response = answer(StatusCode::OK, r#"{"token":"CANARY.b.c"}"#);
        let value = content_type.map(HeaderValue::from_static);
        if let Some(value) = value {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        GenerateClientToken::parse_response(&response)
    };
    for content_type in [
        None,
        Some("text/plain"),
        Some("text/json"),
        Some("application/json; charset=utf-8"),
    ] {
        let token: Result<Token, Error> = read(content_type);
        assert_eq!(format!("{token:?}"), "Ok(Token([REDACTED]))");
        assert_eq!(token.unwrap().expose_secret(), "CANARY.b.c");
    }
}
