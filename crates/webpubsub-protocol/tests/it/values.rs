use std::time::Duration;

use http::Uri;
use webpubsub_protocol::{
    ApiVersion, ClientProtocol, ConnectionId, Error, Filter, Message, Permission, Target, Token,
    operation::{
        GenerateClientToken, GrantPermission, Operation, SendToAll, WithFilter as _,
        WithMessageTtl as _,
    },
};

use crate::support::{connection, contoso, read_back};

#[test]
fn a_version_is_a_date_that_may_be_a_preview() {
    for text in ["2024-12-01", "2026-08-01-preview", "0000-00-00"] {
        let version: ApiVersion = text.parse().unwrap();
        assert_eq!(version.as_str(), text);
        assert_eq!(version.to_string(), text);
        assert_eq!(ApiVersion::try_from(text).unwrap(), version);
    }
    for text in [
        "",
        "latest",
        "2024-12-1",
        "2024-12-011",
        "20241201",
        "2024/12/01",
        "2024-12-01 ",
        "2024-12-01-Preview",
        "2024-12-01-preview-preview",
        "2024-12-01&a=b",
        "２０24-12-01",
    ] {
        let error = text.parse::<ApiVersion>().unwrap_err();
        assert_eq!(error.parameter(), Some("api-version"), "{text}");
    }
}

#[test]
fn the_newest_version_is_the_last_of_the_supported_and_the_default() {
    assert!(ApiVersion::SUPPORTED.is_sorted());
    assert_eq!(ApiVersion::SUPPORTED.last(), Some(&ApiVersion::LATEST));
    assert_eq!(ApiVersion::default(), ApiVersion::LATEST);
    assert_eq!(contoso().api_version, ApiVersion::LATEST);
    assert_eq!(
        format!("{:?}", ApiVersion::LATEST),
        "ApiVersion(2024-12-01)"
    );
}

#[test]
fn a_target_changes_one_part_and_keeps_the_others() {
    let target = contoso();
    let version: ApiVersion = "2023-07-01".parse().unwrap();
    let older = target.clone().with_api_version(version.clone());
    let other = older.with_hub("other".try_into().unwrap());
    assert_eq!(other.endpoint, target.endpoint);
    assert_eq!(other.hub.as_str(), "other");
    assert_eq!(other.api_version, version);
    assert_eq!(older.hub, target.hub);
    assert_ne!(older, target);
}

#[test]
fn a_permission_is_known_or_passes_through() {
    for (text, permission) in [
        ("sendToGroup", Permission::SendToGroup),
        ("joinLeaveGroup", Permission::JoinLeaveGroup),
        ("SendToGroup", Permission::Other("SendToGroup".into())),
        ("a/b c", Permission::Other("a/b c".into())),
    ] {
        assert_eq!(Permission::from(text), permission);
        assert_eq!(Permission::from(text.to_owned()), permission);
        assert_eq!(permission.as_str(), text);
        assert_eq!(permission.to_string(), text);
    }
}

#[test]
fn any_permission_and_target_stay_in_their_place_in_the_url() {
    let uri = |permission: &str, id: &str, target: &Target| -> Result<Uri, _> {
        let id = ConnectionId::new(id).unwrap();
        let request = GrantPermission::new(permission.into(), id).to_request(target)?;
        let operation: GrantPermission = read_back(&request).unwrap();
        assert_eq!(operation.permission.as_str(), permission);
        Ok::<_, webpubsub_protocol::Error>(request.uri().clone())
    };
    assert_eq!(
        uri("a/b?c#d", "e&f=g", &contoso()).unwrap().path(),
        "/sub/api/hubs/Chat/permissions/a%2Fb%3Fc%23d/connections/e%26f%3Dg"
    );
    for permission in ["", ".", ".."] {
        let error = uri(permission, "c", &contoso()).unwrap_err();
        assert_eq!(error.parameter(), Some("permission"), "{permission}");
    }
    let error = GrantPermission::new(Permission::SendToGroup, connection(".."));
    let error = error.to_request(&contoso()).unwrap_err();
    assert_eq!(error.parameter(), Some("connectionId"));
}

#[test]
fn a_token_is_shown_only_on_demand() {
    let token = Token::new("CANARY");
    assert_eq!(
        format!("{token:?} {:?}", [Some(token.clone())]),
        "Token([REDACTED]) [Some(Token([REDACTED]))]"
    );
    assert_eq!(token.expose_secret(), "CANARY");
    let read: Token = serde_json::from_str("\"CANARY\"").unwrap();
    assert_eq!(read.expose_secret(), "CANARY");
}

#[test]
fn what_an_older_version_does_not_know_is_not_sent_with_it() {
    type Outcome<'o> = &'o dyn Fn(&Target) -> Option<Error>;
    let refused = |version: &str, operation: Outcome<'_>| {
        let target = contoso().with_api_version(version.parse().unwrap());
        operation(&target).map(|error| error.to_string())
    };
    let send = SendToAll::new(Message::text("x"));
    let filtered = send.clone().filter(Filter::raw("userId eq 'ann'"));
    let expiring = send.message_ttl(Duration::from_secs(1).try_into().unwrap());
    let mut grouped = GenerateClientToken::new();
    grouped.groups.push("room".try_into().unwrap());
    let mut mqtt = GenerateClientToken::new();
    mqtt.protocol = ClientProtocol::Mqtt;
    let cases: [(&str, &str, &str, Outcome<'_>); 4] = [
        ("2021-10-01", "2022-11-01", "filter", &|target| {
            filtered.to_request(target).err()
        }),
        ("2022-11-01", "2023-07-01", "messageTtlSeconds", &|target| {
            expiring.to_request(target).err()
        }),
        ("2021-10-01", "2022-11-01", "group", &|target| {
            grouped.to_request(target).err()
        }),
        ("2023-07-01", "2024-01-01", "clientType", &|target| {
            mqtt.to_request(target).err()
        }),
    ];
    for (old, since, parameter, operation) in cases {
        let said = format!("invalid `{parameter}`: needs api-version {since} or newer");
        assert_eq!(refused(old, operation), Some(said));
        assert_eq!(refused(since, operation), None);
    }
}
