use proptest::prelude::*;
use webpubsub_auth::{AccessKey, ConnectionString, ErrorKind};

use crate::{CANARY, all_text};

#[test]
fn the_forms_that_are_in_use_are_read() {
    let forms = [
        "Endpoint=https://a.webpubsub.azure.com;AccessKey=k+/==;Version=1.0;",
        "Endpoint=https://a.webpubsub.azure.com/;AccessKey=k+/==;Version=1.0",
        "accesskey=k+/==;ENDPOINT=https://a.webpubsub.azure.com",
        " Endpoint = https://a.webpubsub.azure.com ; AccessKey = k+/== ; Other=x;Other=y; ",
    ];
    for form in forms {
        let parsed: ConnectionString = form.parse().unwrap();
        assert_eq!(
            parsed.endpoint().to_string(),
            "https://a.webpubsub.azure.com",
            "{form}"
        );
        assert_eq!(parsed.access_key().expose_secret(), "k+/==", "{form}");
    }
    let parsed: ConnectionString = "Endpoint=http://localhost:1/sub;Port=8080;AccessKey=k"
        .parse()
        .unwrap();
    assert_eq!(parsed.endpoint().to_string(), "http://localhost:8080/sub");
}

#[test]
fn each_broken_rule_is_named_without_the_key() {
    let texts = [
        "",
        ";",
        "Endpoint=https://example.com",
        "AccessKey=CANARY",
        "Endpoint=https://example.com;AccessKey=",
        "Endpoint=;AccessKey=CANARY",
        "Endpoint=https://example.com;AccessKey=CANARY;AccessKey=CANARY2",
        "Endpoint=https://example.com;endpoint=https://example.com;AccessKey=CANARY",
        "Endpoint=https://example.com;;AccessKey=CANARY",
        "Endpoint=https://example.com;AccessKey=CANARY;;",
        "Endpoint=https://example.com;CANARY",
        "CANARY",
        "Endpoint=CANARY;AccessKey=CANARY",
        "Endpoint=https://user:CANARY@example.com;AccessKey=CANARY",
        "Endpoint=https://example.com;AccessKey=CANARY CANARY",
        "Endpoint=https://example.com;AccessKey=CANARY;Port=0",
        "Endpoint=https://example.com;AccessKey=CANARY;Port=65536",
        "Endpoint=https://example.com;AccessKey=CANARY;Port=CANARY",
        "Endpoint=https://example.com;AccessKey=CANARY;Version=",
    ];
    let errors = texts.map(|text| {
        let error = text.parse::<ConnectionString>().unwrap_err();
        format!("{text}\n    {}", all_text(&error))
    });
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn nothing_prints_the_key() {
    let text = format!("Endpoint=https://example.com;AccessKey={CANARY}");
    let parsed: ConnectionString = text.parse().unwrap();
    insta::assert_snapshot!(
        format!("{parsed:?}"),
        @"ConnectionString { endpoint: Endpoint(https://example.com), access_key: AccessKey([REDACTED]) }"
    );
    let error = AccessKey::new(format!("{CANARY} x")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessKey);
    insta::assert_snapshot!(all_text(&error), @"invalid access key: must not be empty and must hold no white space and no `;`");
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(host in "[a-z][a-z0-9.-]{0,20}", port in 1_u16.., key in "[!-:<-~]{1,60}") {
        let endpoint = format!("https://{host}:{port}").parse();
        prop_assume!(endpoint.is_ok());
        let written = ConnectionString::new(endpoint.unwrap(), AccessKey::new(key.clone()).unwrap());
        let read: ConnectionString = written.expose_secret().parse().unwrap();
        prop_assert_eq!(read.endpoint(), written.endpoint());
        prop_assert_eq!(read.access_key().expose_secret(), key);
    }

    #[test]
    fn no_text_panics_or_is_repeated(noise in "(?s).{0,20}", key in "CANARY[a-zA-Z0-9+/=;]{0,20}") {
        let texts = [
            noise.clone(),
            format!("{noise};AccessKey={key}"),
            format!("Endpoint={noise};AccessKey={key}"),
            format!("Endpoint=https://example.com;AccessKey={key};{noise}"),
        ];
        for text in texts {
            match text.parse::<ConnectionString>() {
                Ok(parsed) => {
                    let shown = format!("{parsed:?}");
                    prop_assert!(!shown.contains("CANARY"));
                }
                Err(error) => { all_text(&error); }
            }
        }
    }
}
