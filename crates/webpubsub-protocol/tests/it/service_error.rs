use bytes::Bytes;
use http::{Response, StatusCode};
use webpubsub_protocol::ServiceError;

fn response(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Bytes::from_static(body.as_bytes())).unwrap()
}

#[test]
fn an_error_is_written_as_the_service_writes_it() {
    let error = ServiceError::new(
        StatusCode::NOT_FOUND,
        "Info.Connection.NotExisted",
        "Connection `fake-connection-id` is not found.",
        "Connection",
    );
    let response = error.to_response();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    // 145 bytes is the length recorded from the service.
    assert_eq!(body.len(), 145);
    insta::assert_snapshot!(format!("{:?}\n{body}", response.headers()));
    assert_eq!(ServiceError::from_response(&response), error);
}

#[test]
fn any_answer_becomes_an_error_that_shows_no_message() {
    let old = r#"{"code":"A.B","message":"CANARY","target":null,"details":null,"innererror":null}"#;
    let answers = [
        response(404, &[("x-ms-error-code", "Warning.User.NotExisted")], ""),
        response(400, &[("content-type", "application/json")], old),
        response(500, &[("content-type", "text/plain")], "CANARY"),
        response(
            502,
            &[("content-type", "application/json")],
            r#"{"Message":"CANARY"}"#,
        ),
        response(503, &[], "[1, 2"),
        response(429, &[("x-ms-request-id", "id")], r#"{"code":1}"#),
    ];
    let errors = answers.map(|answer| {
        let error = ServiceError::from_response(&answer);
        assert!(!error.to_string().contains("CANARY"));
        format!(
            "{error}: {:?} {:?} {:?}",
            error.code(),
            error.message(),
            error.request_id()
        )
    });
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_foreign_body_is_kept_only_in_part() {
    let body: &'static str = "é".repeat(100_000).leak();
    let error = ServiceError::from_response(&response(500, &[], body));
    assert!(error.message().unwrap().len() <= 4096 + "\u{fffd}".len());
}
