use webpubsub_protocol::MAX_MESSAGE_BYTES;

use crate::support::{Answer, Service, bearer, head, user};

fn shown(what: &str, answer: &Answer) -> String {
    format!("== {what}\n{}", answer.text)
}

#[tokio::test]
async fn answers_are_those_recorded_from_the_service() {
    let service = Service::start().await;
    let client = service.json(user("ann").group("g")).await;
    let id = &client.id;
    // As long as the id in the recording.
    let gone = "a".repeat(31);
    let answers = [
        shown(
            "send to all",
            &service.post("/:send", "text/plain", b"x").await,
        ),
        shown(
            "send to group",
            &service
                .post("/groups/g/:send", "application/json", b"1")
                .await,
        ),
        shown(
            "send to an unknown user",
            &service
                .post("/users/nobody/:send", "text/plain", b"x")
                .await,
        ),
        shown(
            "send to an unknown connection",
            &service
                .post(&format!("/connections/{gone}/:send"), "text/plain", b"")
                .await,
        ),
        shown(
            "connection exists",
            &service.rest("HEAD", &format!("/connections/{id}")).await,
        ),
        shown(
            "connection does not",
            &service.rest("HEAD", &format!("/connections/{gone}")).await,
        ),
        shown("user exists", &service.rest("HEAD", "/users/ann").await),
        shown("user does not", &service.rest("HEAD", "/users/Ann").await),
        shown("group exists", &service.rest("HEAD", "/groups/g").await),
        shown("group does not", &service.rest("HEAD", "/groups/G").await),
        shown(
            "add to group",
            &service
                .rest("PUT", &format!("/groups/g2/connections/{id}"))
                .await,
        ),
        shown(
            "add an unknown connection",
            &service.rest("PUT", "/groups/g/connections/gone").await,
        ),
        shown(
            "remove from group",
            &service
                .rest("DELETE", &format!("/groups/g2/connections/{id}"))
                .await,
        ),
        shown(
            "remove an unknown connection",
            &service.rest("DELETE", "/groups/g/connections/gone").await,
        ),
        shown(
            "close",
            &service.rest("DELETE", &format!("/connections/{id}")).await,
        ),
        shown(
            "close again",
            &service
                .rest("DELETE", &format!("/connections/{id}?reason=x"))
                .await,
        ),
        shown(
            "closed connection does not exist",
            &service.rest("HEAD", "/users/ann").await,
        ),
    ];
    insta::assert_snapshot!(answers.join("\n"));
}

#[tokio::test]
async fn health_needs_no_token() {
    let service = Service::start().await;
    let head = head(
        "HEAD",
        "/api/health?api-version=2024-12-01",
        service.address(),
        &[],
    );
    insta::assert_snapshot!(service.raw(head.as_bytes()).await.text, @r"
    HTTP/1.1 200 OK
    connection: close
    ");
}

#[tokio::test]
async fn requests_that_break_a_rule_are_told_which() {
    let service = Service::start().await;
    let group = format!("/groups/{}/:send", "g".repeat(1025));
    let answers = [
        shown(
            "TTL 301",
            &service
                .post("/:send?messageTtlSeconds=301", "text/plain", b"x")
                .await,
        ),
        shown(
            "TTL x",
            &service
                .post("/:send?messageTtlSeconds=x", "text/plain", b"x")
                .await,
        ),
        shown(
            "blank group",
            &service.post("/groups/%20/:send", "text/plain", b"x").await,
        ),
        shown(
            "empty group",
            &service.post("/groups//:send", "text/plain", b"x").await,
        ),
        shown(
            "long group",
            &service.post(&group, "text/plain", b"x").await,
        ),
        shown(
            "bad percent",
            &service.post("/groups/%ff/:send", "text/plain", b"x").await,
        ),
        shown(
            "bad JSON",
            &service.post("/:send", "application/json", b"{").await,
        ),
        shown(
            "bad content type",
            &service.post("/:send", "text/html", b"x").await,
        ),
        shown(
            "unknown version",
            &service
                .post("/:send?api-version=2020-01-01", "text/plain", b"x")
                .await,
        ),
        shown(
            "filter",
            &service.post("/:send?filter=true", "text/plain", b"x").await,
        ),
        shown(
            "not yet",
            &service.rest("DELETE", "/users/ann/groups").await,
        ),
        shown(
            "no such operation",
            &service.rest("PATCH", "/users/ann").await,
        ),
    ];
    insta::assert_snapshot!(answers.join("\n"));
    for version in ["2021-10-01", "2024-12-01"] {
        let answer = service
            .post(&format!("/:send?api-version={version}"), "text/plain", b"x")
            .await;
        assert_eq!(answer.status, 202);
    }
}

#[tokio::test]
async fn a_hub_with_a_bad_name_is_refused() {
    let service = Service::start().await;
    let path = "/api/hubs/1x/:send";
    let head = head(
        "POST",
        path,
        service.address(),
        &[&bearer(&service.url(path)), "content-length: 0"],
    );
    let answer = service.raw(head.as_bytes()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("invalid `hub`"), "{}", answer.text);
}

#[tokio::test]
async fn a_body_states_its_length_and_keeps_the_limit() {
    let service = Service::start().await;
    let mut client = service.plain(user("ann")).await;
    let path = "/api/hubs/h/:send";
    let bearer = bearer(&service.url(path));
    let chunked = head(
        "POST",
        path,
        service.address(),
        &[&bearer, "transfer-encoding: chunked"],
    ) + "1\r\nx\r\n0\r\n\r\n";
    let without = head("POST", path, service.address(), &[&bearer]);
    for request in [chunked, without] {
        let answer = service.raw(request.as_bytes()).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer.text.contains("Invalid Content-Length header."),
            "{}",
            answer.text
        );
    }
    let largest = vec![b'x'; MAX_MESSAGE_BYTES];
    assert_eq!(
        service.post("/:send", "text/plain", &largest).await.status,
        202
    );
    assert_eq!(client.next().await.len(), MAX_MESSAGE_BYTES);

    let too_large = service
        .post("/:send", "text/plain", &[&largest[..], b"x"].concat())
        .await;
    assert_eq!(too_large.status, 400);
    assert!(
        too_large.text.contains("Invalid Content-Length header."),
        "{}",
        too_large.text
    );
    assert_eq!(
        service
            .post("/:send", "text/plain", b"still there")
            .await
            .status,
        202
    );
    assert_eq!(client.next().await.to_text().unwrap(), "still there");
}

#[tokio::test]
async fn excluded_connections_are_skipped() {
    let service = Service::start().await;
    let mut one = service.json(user("one")).await;
    let mut other = service.json(user("other")).await;
    let path = format!("/:send?excluded=gone&excluded={}", one.id);
    service.post(&path, "text/plain", b"first").await;
    service.post("/:send", "text/plain", b"second").await;
    assert_eq!(one.next_json().await["data"], "second");
    assert_eq!(other.next_json().await["data"], "first");
    assert_eq!(other.next_json().await["data"], "second");
}

#[tokio::test]
async fn hubs_are_apart_and_their_names_have_no_case() {
    let service = Service::start().await;
    let mut client = service.plain(user("ann")).await;
    for (hub, text) in [("other", "not for this hub"), ("H", "for this hub")] {
        let path = format!("/api/hubs/{hub}/:send");
        let headers = [
            &bearer(&service.url(&path)),
            "content-type: text/plain",
            "content-length: 16",
        ];
        let request = head("POST", &path, service.address(), &headers) + &format!("{text:<16}");
        assert_eq!(service.raw(request.as_bytes()).await.status, 202);
    }
    assert_eq!(
        client.next().await.to_text().unwrap().trim(),
        "for this hub"
    );
}
