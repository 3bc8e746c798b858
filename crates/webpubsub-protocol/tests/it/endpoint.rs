use proptest::prelude::*;
use webpubsub_protocol::{ClientProtocol, Endpoint, HubName};

fn endpoint(text: &str) -> Endpoint {
    text.parse().unwrap()
}

#[test]
fn a_trailing_slash_makes_no_difference() {
    assert_eq!(
        endpoint("https://example.com"),
        endpoint("https://example.com/")
    );
    assert_eq!(
        endpoint("https://example.com/sub"),
        endpoint("https://example.com/sub/")
    );
}

#[test]
fn an_endpoint_is_made_from_whatever_holds_one() {
    let endpoint = endpoint("https://example.com");
    let text = endpoint.to_string();
    assert_eq!(Endpoint::try_from(text.as_str()).unwrap(), endpoint);
    assert_eq!(Endpoint::try_from(&text).unwrap(), endpoint);
    assert_eq!(Endpoint::try_from(text).unwrap(), endpoint);
    assert_eq!(Endpoint::from(&endpoint), endpoint);
}

#[test]
fn parts_are_kept() {
    let endpoint = endpoint("http://[::1]:8080/sub/path/");
    assert_eq!(endpoint.to_string(), "http://[::1]:8080/sub/path");
    assert_eq!(endpoint.host(), "[::1]");
    assert_eq!(endpoint.port(), Some(8080));
    assert!(!endpoint.is_secure());
    assert!(endpoint.is_loopback());
    assert_eq!(
        endpoint.with_port(9).unwrap().to_string(),
        "http://[::1]:9/sub/path"
    );
}

#[test]
fn the_schemes_own_port_makes_no_difference() {
    // HTTP clients leave it out of `Host`, with which the service compares a token's audience.
    assert_eq!(
        endpoint("https://example.com:443/sub").to_string(),
        "https://example.com/sub"
    );
    assert_eq!(endpoint("http://[::1]:80").to_string(), "http://[::1]");
    assert_eq!(
        endpoint("http://example.com")
            .with_port(80)
            .unwrap()
            .to_string(),
        "http://example.com"
    );
    assert_eq!(
        endpoint("http://example.com:443").to_string(),
        "http://example.com:443"
    );
}

#[test]
fn loopback_is_told_from_names_that_look_like_it() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
        assert!(endpoint(&format!("http://{host}")).is_loopback(), "{host}");
    }
    for host in [
        "localhost.example.com",
        "127.0.0.1.example.com",
        "10.0.0.1",
        "[::2]",
        "example.com",
    ] {
        assert!(!endpoint(&format!("http://{host}")).is_loopback(), "{host}");
    }
}

#[test]
fn what_is_no_endpoint_says_which_rule_it_breaks() {
    let texts = [
        "",
        "example.com",
        "/sub",
        "ftp://example.com",
        "https://",
        "https://user:CANARY@example.com",
        "https://example.com?x=1",
        "https://example.com#x",
        "https://example.com:0",
        "https://example.com:99999",
        "https://example.com:",
        "https://exa mple.com",
    ];
    let errors = texts.map(|text| format!("{text:?}: {}", text.parse::<Endpoint>().unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn clients_connect_below_the_sub_path_with_the_matching_scheme() {
    let hub = HubName::new("chat").unwrap();
    let urls = [
        ("https://example.com/sub/", ClientProtocol::WebSocket),
        ("http://localhost:8080", ClientProtocol::Mqtt),
        ("https://http.example.com", ClientProtocol::SocketIo),
    ]
    .map(|(text, protocol)| {
        let endpoint = endpoint(text);
        [
            protocol.audience(&endpoint, &hub),
            protocol.client_url(&endpoint, &hub),
        ]
        .join(" ")
    });
    insta::assert_snapshot!(urls.join("\n"));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_what_parses_prints_as_itself(text in "(https?://)?[a-z0-9:/.@\\[\\]%?#-]{0,30}") {
        if let Ok(parsed) = text.parse::<Endpoint>() {
            prop_assert_eq!(parsed.to_string().parse::<Endpoint>().unwrap(), parsed);
        }
    }
}
