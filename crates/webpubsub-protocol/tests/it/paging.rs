use http::{Method, header};
use proptest::prelude::*;
use webpubsub_protocol::{
    ApiVersion, Endpoint, ErrorKind,
    operation::{
        GroupMember, Idempotency, ListConnectionsInGroup, OperationInfo, Page, PagedOperation,
    },
};

use crate::support::{contoso, target};

/// The URL of the request a link becomes at an endpoint.
fn follow(endpoint: &str, link: &str) -> Result<String, webpubsub_protocol::Error> {
    let request = ListConnectionsInGroup::next_page_request(&target(endpoint), link)?;
    Ok(request.uri().to_string())
}

#[test]
fn the_next_page_is_asked_for_as_the_first_was() {
    let link = "https://contoso.webpubsub.azure.com/sub/next?api-version=1&x=%2f";
    let request = ListConnectionsInGroup::next_page_request(&contoso(), link).unwrap();
    assert_eq!(request.method(), Method::GET);
    assert_eq!(request.uri(), link);
    assert_eq!(request.headers()[header::ACCEPT], "application/json");
    assert_eq!(request.headers().len(), 1);
    assert!(request.body().is_empty());
    let info: &OperationInfo = request.extensions().get().unwrap();
    assert_eq!(info.name, "list_connections");
    assert_eq!(info.idempotency, Idempotency::Safe);
}

#[test]
fn a_link_is_followed_with_a_version() {
    let links = [
        // The contract's own example has no version.
        (
            "https://h",
            "https://h/api/hubs/a/groups/g/connections?top=1000&maxpagesize=200&continuationToken=t",
        ),
        ("https://h", "https://h/x"),
        ("https://h", "https://h/x?"),
        ("https://h", "https://h"),
        ("https://h", "https://h/x?api-version=2023-07-01"),
        ("https://h", "https://h/x?a=b&Api-Version=2023-07-01"),
        ("https://h", "https://h/x?my-api-version=1&a=api-version"),
        (
            "https://h",
            "https://h/a%2Fb%20%c3%A9/x?t=%2b+/=~&api-version=1",
        ),
        ("https://h", "https://h/a%2F..%2Fb/..x/x..?a=/../"),
        ("https://h", "https://H:443/x?api-version=1"),
        ("https://h:443", "https://h/x?api-version=1"),
        ("http://h", "http://h:80/x?api-version=1"),
        ("http://h:443", "http://h:443/x?api-version=1"),
        ("http://[::1]:8080", "http://[::1]:8080/x?api-version=1"),
        ("https://h/sub", "https://h/sub/x?api-version=1"),
        ("https://h/sub/", "https://h/sub/x?api-version=1"),
        ("https://h", "https://h/x?api-version=1#fragment"),
    ];
    let followed = links.map(|(endpoint, link)| {
        let uri = follow(endpoint, link).unwrap_or_else(|error| panic!("{link}: {error}"));
        format!("{endpoint} {link}\n    {uri}")
    });
    insta::assert_snapshot!(followed.join("\n"));
}

#[test]
fn the_version_added_is_the_targets() {
    let target = target("https://h").with_api_version("2025-01-01-preview".parse().unwrap());
    let request = ListConnectionsInGroup::next_page_request(&target, "https://h/x").unwrap();
    assert_eq!(request.uri(), "https://h/x?api-version=2025-01-01-preview");
}

#[test]
fn a_link_that_leads_elsewhere_is_refused() {
    let links = [
        ("https://h", ""),
        ("https://h", "no url"),
        // The contract has absolute links only.
        ("https://h", "/api/hubs/a/groups/g/connections"),
        ("https://h", "api/hubs/a/groups/g/connections"),
        ("https://h", "?continuationToken=t"),
        ("https://h", "//h/x"),
        ("https://h", "h"),
        ("https://h", "h:443"),
        ("https://h", "*"),
        ("https://h", "http://h/x"),
        ("https://h", "wss://h/x"),
        ("https://h", "https://h.example.com/x"),
        ("https://h", "https://example.com/https://h/x"),
        ("https://h", "https://h:8443/x"),
        ("https://h", "https://h:/x"),
        ("http://h", "http://h:443/x"),
        ("https://h", "https://h@example.com/x"),
        ("https://h", "https://user:password@h/x"),
        ("https://h", "https://h\\@example.com/x"),
        ("https://h/sub", "https://h/x"),
        ("https://h/sub", "https://h/sub"),
        ("https://h/sub", "https://h/subway/x"),
        ("https://h/sub", "https://h/Sub/x"),
        ("https://h/sub", "https://h//sub/x"),
        ("https://h/sub", "https://h/sub/../x"),
        ("https://h/sub", "https://h/sub/a/.%2E/%2e./x"),
        ("https://h/sub", "https://h/sub/.."),
        ("https://h/sub", "https://h/sub/..\\x"),
    ];
    let refused = links.map(|(endpoint, link)| {
        let error = follow(endpoint, link).expect_err(link);
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        format!("{endpoint} {link:?}\n    {error}")
    });
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn a_link_with_no_room_for_a_version_is_refused() {
    let link = format!("https://h/{}", "x".repeat(65_520));
    let error = follow("https://h", &link).unwrap_err();
    insta::assert_snapshot!(error, @"invalid `nextLink` in the service's answer: it is too long");
}

#[test]
fn a_page_tells_where_to_go_on() {
    let token = |link: &str| {
        Page::<GroupMember>::new(Vec::new(), Some(link.to_owned())).continuation_token()
    };
    let some = |token: &str| Some(token.to_owned());
    assert_eq!(token("https://h/x?continuationToken=abc"), some("abc"));
    assert_eq!(
        token("https://h/x?top=1&CONTINUATIONTOKEN=a%2Bb%2fc%3D%3d%20%C3%A9&x=y"),
        some("a+b/c== é")
    );
    assert_eq!(token("https://h/x?continuationToken=a+b="), some("a+b="));
    assert_eq!(
        token("https://h/x?continuationToken=a&continuationToken=b"),
        some("a")
    );
    assert_eq!(token("https://h/x?continuationToken="), some(""));
    assert_eq!(token("https://h/x?continuationToken=%ff"), None);
    assert_eq!(token("https://h/x?continuationToken"), None);
    assert_eq!(token("https://h/x?mycontinuationToken=a"), None);
    assert_eq!(token("https://h/x"), None);
    assert_eq!(
        Page::<GroupMember>::new(Vec::new(), None).continuation_token(),
        None
    );
}

proptest! {
    #[test]
    fn a_link_that_is_followed_stays_below_the_endpoint(
        endpoint in "https?://(h|\\[::1\\])(:[0-9]{1,2})?(/s)?",
        noise in "[a-z:/.@?#%\\\\]{0,12}",
        path in "([/\\\\](\\.{1,2}|%2e\\.|%2E%2e|s|x|@)?){0,4}([?#][a-z=&/.]{0,4})?",
    ) {
        let parsed: Result<Endpoint, _> = endpoint.parse();
        prop_assume!(parsed.is_ok());
        let parsed = parsed.unwrap();
        let links = [
            format!("{endpoint}{path}"),
            format!("{endpoint}{noise}{path}"),
            format!("{}://{noise}{}{path}", parsed.scheme(), parsed.host()),
            format!("{noise}{path}"),
        ];
        for link in links {
            let Ok(uri) = follow(&endpoint, &link) else { continue };
            let uri: http::Uri = uri.parse().unwrap();
            let origin = format!("{}://{}", uri.scheme().unwrap(), uri.authority().unwrap());
            prop_assert!(!origin.contains('@'), "{link}");
            prop_assert!(origin.parse::<Endpoint>().unwrap().is_same_origin(&parsed), "{link}");
            let rest = uri.path().strip_prefix(parsed.path()).unwrap();
            prop_assert!(rest.starts_with('/'), "{link}");
            let mut segments = rest.split('/').map(|segment| percent_encoding::percent_decode_str(segment));
            prop_assert!(!segments.any(|segment| segment.eq(*b"..")), "{link}");
            prop_assert!(uri.query().unwrap().to_ascii_lowercase().contains(ApiVersion::PARAMETER), "{link}");
        }
    }

    #[test]
    fn no_link_panics(link in "(?s).{0,40}") {
        let _ = follow("https://h", &link);
        let _ = Page::<GroupMember>::new(Vec::new(), Some(link)).continuation_token();
    }
}
