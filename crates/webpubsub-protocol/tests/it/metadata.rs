use bytes::Bytes;
use http::{HeaderValue, Request};
use proptest::prelude::*;
use webpubsub_protocol::{
    Error, GroupName, Message, Metadata,
    frame::{ClientFrame, Data, Format, ServiceFrame},
    operation::{Operation, SendToAll},
};

use crate::support::{checked_request, contoso, read_back, request};

fn one(key: &str, value: &str) -> Result<Metadata, Error> {
    Metadata::new().with(key, value)
}

fn text(metadata: Metadata) -> Message {
    Message::text("x").with_metadata(metadata)
}

/// The frame of a client that sends a message with this JSON as its metadata.
fn client_frame(metadata: &str) -> Result<ClientFrame, Error> {
    Format::Json.decode_client(Data::Text(&format!(
        r#"{{"type":"sendToGroup","group":"g","dataType":"text","data":"x","metadata":{metadata}}}"#
    )))
}

/// The message of a service's frame with this JSON as its metadata.
fn service_message(metadata: &str) -> Message {
    let received = Format::Json.decode_service(Data::Text(&format!(
        r#"{{"type":"message","from":"server","dataType":"text","data":"x","metadata":{metadata}}}"#
    )));
    let Some(ServiceFrame::ServerMessage { message }) = received.unwrap().frame else {
        panic!("it is a message of the server");
    };
    message
}

#[test]
fn entries_on_the_edge_of_the_rules_are_taken() {
    one("a", "").unwrap();
    one("!#$%&'*+-.^_`|~09AZ", "!\"'() ~").unwrap();
    one(&"k".repeat(256), &"v".repeat(1024)).unwrap();

    let metadata = one("Trace-Id", "1").unwrap().with("TRACE-ID", "2").unwrap();
    assert_eq!(metadata.iter().collect::<Vec<_>>(), [("trace-id", "2")]);
    assert_eq!(metadata.get("Trace-ID"), Some("2"));
    assert_eq!(metadata.get("trace"), None);
    assert!(!metadata.is_empty());
    assert!(Metadata::new().is_empty());
}

#[test]
fn eight_kibibytes_are_the_most_all_entries_have_together() {
    let value = "v".repeat(1024 - 1);
    let full = ["1", "2", "3", "4", "5", "6", "7", "8"]
        .iter()
        .try_fold(Metadata::new(), |metadata, key| {
            metadata.with(key, value.as_str())
        })
        .unwrap();
    let error = full.clone().with("9", "").unwrap_err();
    assert_eq!(error.parameter(), Some("metadata"));
    // A new value takes the old one's place.
    assert_eq!(full.clone().with("8", value).unwrap(), full);
}

#[test]
fn what_breaks_a_rule_says_which() {
    let entries = [
        ("", "x"),
        ("a b", "x"),
        ("a:b", "x"),
        ("é", "x"),
        ("a\n", "x"),
        (&"k".repeat(257), "x"),
        ("a", "x,y"),
        ("a", "é"),
        ("a", "x\ny"),
        ("a", "\t"),
        ("a", "\u{7f}"),
        ("a", " x"),
        ("a", "x "),
        ("a", &"v".repeat(1025)),
    ];
    let errors = entries.map(|(key, value)| {
        let error = one(key, value).unwrap_err();
        let shown: String = format!("{key:?} {value:?}").chars().take(20).collect();
        format!("{shown}\n    {error}")
    });
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn headers_of_other_writers_are_read() {
    let read = |values: &[(&'static str, &[u8])]| {
        let mut request: Request<Bytes> = request(&SendToAll::new(Message::text("x")));
        for (name, value) in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append(*name, value);
        }
        let metadata = read_back::<SendToAll>(&request)?.message.metadata().clone();
        Ok::<_, Error>(metadata)
    };
    let a = |value| one("a", value).unwrap();
    assert_eq!(read(&[]).unwrap(), Metadata::new());
    assert_eq!(read(&[("x-webpubsub-metadata-a", b" 1 ")]).unwrap(), a("1"));
    assert_eq!(
        read(&[("x-webpubsub-metadata-a", b"1, 2")]).unwrap(),
        a("2")
    );
    assert_eq!(read(&[("x-webpubsub-metadata-a", b"1,")]).unwrap(), a(""));
    assert_eq!(
        read(&[
            ("x-webpubsub-metadata-a", b"1"),
            ("x-webpubsub-other", b"3"),
            ("x-webpubsub-metadata-a", b"2")
        ])
        .unwrap(),
        a("2")
    );
    let refused: [&[(&'static str, &[u8])]; 3] = [
        &[("x-webpubsub-metadata-", b"1")],
        &[("x-webpubsub-metadata-a", "é".as_bytes())],
        &[("x-webpubsub-metadata-a", &[b'v'; 1025])],
    ];
    for headers in refused {
        assert_eq!(read(headers).unwrap_err().parameter(), Some("metadata"));
    }
}

#[test]
fn what_a_client_sends_is_checked_and_what_the_service_sends_is_not() {
    let broken = [
        r#"{"":"x"}"#,
        r#"{"a b":"x"}"#,
        r#"{"a":"é"}"#,
        r#"{"a":"1,2"}"#,
        r#"{"Known":" x "}"#,
    ];
    for metadata in broken {
        let error = client_frame(metadata).unwrap_err();
        assert_eq!(error.parameter(), Some("metadata"), "{metadata}");

        let message = service_message(metadata);
        assert_eq!(message.metadata().iter().count(), 1, "{metadata}");
        // Sent on, it cannot get lost on the way.
        let error = SendToAll::new(message).to_request(&contoso()).unwrap_err();
        assert_eq!(error.parameter(), Some("metadata"), "{metadata}");
    }
    assert_eq!(
        service_message(r#"{"Known":" x "}"#)
            .metadata()
            .get("known"),
        Some(" x ")
    );

    for none in ["null", "{}"] {
        assert_eq!(service_message(none), Message::text("x"));
        client_frame(none).unwrap();
    }
    assert!(client_frame(r#"{"a":1}"#).is_err());
}

#[test]
fn no_debug_output_shows_an_entry() {
    let metadata = one("canary", "CANARY").unwrap();
    assert_eq!(format!("{metadata:?}"), "Metadata(1 entries)");
    let message = text(metadata);
    assert_eq!(format!("{message:?}"), "Message(Text, 1 bytes)");
    let operation = SendToAll::new(message);
    let debug = format!("{operation:?}").to_ascii_lowercase();
    assert!(!debug.contains("canary"), "{debug}");
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let key = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}";
    let value = "([!-+\\--~]([ -+\\--~]{0,40}[!-+\\--~])?)?";
    proptest::collection::vec((key, value), 0..6).prop_map(|entries| {
        let mut entries = entries.iter();
        entries
            .try_fold(Metadata::new(), |metadata, (key, value)| {
                metadata.with(key, value.as_str())
            })
            .unwrap()
    })
}

proptest! {
    #[test]
    fn metadata_survives_headers_and_frames(metadata in metadata()) {
        let message = text(metadata);
        checked_request(&SendToAll::new(message.clone()));

        let group = GroupName::new("g").unwrap();
        let client = ClientFrame::SendToGroup {
            group: group.clone(),
            message: message.clone(),
            no_echo: false,
            message_ttl: None,
            ack_id: None,
        };
        let service = ServiceFrame::GroupMessage { group, message, from_user_id: None };
        for format in [Format::Json, Format::Protobuf] {
            let written = format.encode_client(&client);
            prop_assert_eq!(&format.decode_client(written.as_data()).unwrap(), &client);
            let written = format.encode_service(&service);
            let read = format.decode_service(written.as_data()).unwrap().frame;
            prop_assert_eq!(read.as_ref(), Some(&service));
        }
    }

    #[test]
    fn what_is_taken_fits_a_header(key in any::<String>(), value in "[ a,~]{0,6}|.{0,8}") {
        for key in [key.as_str(), "k"] {
            if let Ok(metadata) = one(key, &value) {
                checked_request(&SendToAll::new(text(metadata)));
            }
        }
    }
}
