use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{Request, Response};
use serde_json::json;
use webpubsub::{
    ErrorKind, WebPubSubServiceClient, blocking,
    transport::{Body, HttpService, boxed},
};

const LIST: &str = "https://example.com/api/hubs/h/groups/room/connections";

/// A page with these connections, and a link to the next.
fn page(ids: &[&str], next: Option<&str>) -> String {
    let members = ids
        .iter()
        .map(|id| json!({ "connectionId": id, "userId": null }));
    let mut page = json!({ "value": members.collect::<Vec<_>>() });
    if let Some(next) = next {
        page["nextLink"] = next.into();
    }
    page.to_string()
}

type Asked = Arc<Mutex<Vec<String>>>;

/// A stack that gives these pages in turn, and what it was asked for.
fn pages(pages: impl IntoIterator<Item = String>) -> (HttpService, Asked) {
    let pages = Arc::new(Mutex::new(pages.into_iter().collect::<VecDeque<_>>()));
    let asked = Asked::default();
    let asks = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        asks.lock().unwrap().push(request.uri().to_string());
        let page = pages.lock().unwrap().pop_front();
        let body = page.expect("no more requests than pages");
        async move { Ok::<_, Infallible>(Response::new(Body::from(body))) }
    });
    (boxed(service), asked)
}

fn client(answers: impl IntoIterator<Item = String>) -> (WebPubSubServiceClient, Asked) {
    let (service, asked) = pages(answers);
    let client = WebPubSubServiceClient::with_service("https://example.com", "h", service);
    (client.unwrap(), asked)
}

fn three_pages() -> [String; 3] {
    let second = format!("{LIST}?continuationToken=a%2Fb");
    let third = format!("{LIST}?continuationToken=c&api-version=2024-12-01");
    [
        page(&["1", "2"], Some(&second)),
        page(&[], Some(&third)),
        page(&["3"], None),
    ]
}

const ALL_ASKED: [&str; 3] = [
    "https://example.com/api/hubs/h/groups/room/connections?api-version=2024-12-01&maxpagesize=2&top=3",
    "https://example.com/api/hubs/h/groups/room/connections?continuationToken=a%2Fb&api-version=2024-12-01",
    "https://example.com/api/hubs/h/groups/room/connections?continuationToken=c&api-version=2024-12-01",
];

#[tokio::test]
async fn a_list_goes_on_over_an_empty_page_to_its_end() {
    let (client, asked) = client(three_pages());
    let list = client.list_connections("room").top(3).max_page_size(2);
    let ids = list.map_ok(|member| member.connection_id.to_string());
    assert_eq!(ids.try_collect::<Vec<_>>().await.unwrap(), ["1", "2", "3"]);
    assert_eq!(*asked.lock().unwrap(), ALL_ASKED);
}

#[test]
fn the_blocking_client_iterates_over_the_same() {
    let (service, asked) = pages(three_pages());
    let client =
        blocking::WebPubSubServiceClient::with_service("https://example.com", "h", service)
            .unwrap();
    let list = client.list_connections("room").top(3).max_page_size(2);
    let ids = list.map(|member| member.unwrap().connection_id.to_string());
    assert_eq!(ids.collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(*asked.lock().unwrap(), ALL_ASKED);
}

#[tokio::test]
async fn each_page_tells_how_to_go_on_behind_it() {
    let (first, _) = client(three_pages());
    let mut list = first.list_connections("room").by_page();
    let page_one = list.try_next().await.unwrap().unwrap();
    let token = page_one.continuation_token().unwrap();
    assert_eq!((page_one.items.len(), token.as_str()), (2, "a/b"));
    let rest = list.try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(
        rest.iter().map(|page| page.items.len()).collect::<Vec<_>>(),
        [0, 1]
    );
    assert_eq!(rest.last().unwrap().continuation_token(), None);

    let (later, asked) = client([page(&["3"], None)]);
    let list = later.list_connections("room").continuation_token(token);
    assert_eq!(list.try_collect::<Vec<_>>().await.unwrap().len(), 1);
    assert_eq!(
        *asked.lock().unwrap(),
        [format!(
            "{LIST}?api-version=2024-12-01&continuationToken=a%2Fb"
        )]
    );
}

#[tokio::test]
async fn a_link_that_repeats_ends_the_list_with_an_error_behind_its_items() {
    let link = format!("{LIST}?continuationToken=a");
    let (client, asked) = client([page(&["1"], Some(&link)), page(&["2"], Some(&link))]);
    let mut list = client.list_connections("room");
    for id in ["1", "2"] {
        let member = list.next().await.unwrap().unwrap();
        assert_eq!(member.connection_id.as_str(), id);
    }
    let error = list.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    insta::assert_snapshot!(error, @"list_connections: the `nextLink` of a page leads to one that was read before");
    assert!(list.next().await.is_none());
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn links_in_a_circle_of_empty_pages_end_the_list_too() {
    let [one, two] = ["1", "2"].map(|token| format!("{LIST}?continuationToken={token}"));
    let circle = [&one, &two, &one].map(|link| page(&[], Some(link)));
    let (client, asked) = client(circle);
    let error = client.list_connections("room").next().await.unwrap();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidResponse);
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let (client, asked) = client([page(&["1"], Some("https://example.org/x"))]);
    let mut list = client.list_connections("room");
    list.next().await.unwrap().unwrap();
    let error = list.next().await.unwrap().unwrap_err();
    insta::assert_snapshot!(error, @"list_connections: invalid `nextLink` in the service's answer: it does not lead below the endpoint");
    assert!(list.next().await.is_none());
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_breaks_a_rule_is_the_first_item_and_never_sent() {
    let (client, asked) = client([]);
    let lists = [
        ("group", client.list_connections("")),
        (
            "maxpagesize",
            client.list_connections("room").max_page_size(201),
        ),
        (
            "maxpagesize",
            client.list_connections("room").max_page_size(0),
        ),
        ("top", client.list_connections("room").top(0)),
    ];
    for (parameter, mut list) in lists {
        let error = list.next().await.unwrap().unwrap_err();
        assert_eq!(error.parameter(), Some(parameter));
        assert!(list.next().await.is_none());
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_no_page_is_an_error() {
    let (client, _) = client(["{\"value\":".to_owned()]);
    let error = client
        .list_connections("room")
        .next()
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    insta::assert_snapshot!(error, @"list_connections: the service's answer is not what the operation gives: malformed JSON at column 9");
}

#[tokio::test]
async fn what_is_left_of_a_page_is_the_first_when_pages_are_asked_for() {
    let (client, asked) = client(three_pages());
    let mut list = client.list_connections("room");
    assert_eq!(
        list.next().await.unwrap().unwrap().connection_id.as_str(),
        "1"
    );
    let pages: Vec<_> = list.by_page().try_collect().await.unwrap();
    let ids = pages.iter().map(|page| {
        let ids = page
            .items
            .iter()
            .map(|member| member.connection_id.as_str());
        ids.collect::<Vec<_>>()
    });
    assert_eq!(ids.collect::<Vec<_>>(), [vec!["2"], vec![], vec!["3"]]);
    assert_eq!(pages[0].continuation_token().as_deref(), Some("a/b"));
    assert_eq!(asked.lock().unwrap().len(), 3);
}
