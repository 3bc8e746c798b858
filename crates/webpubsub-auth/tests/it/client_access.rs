use std::time::{Duration, SystemTime};

use webpubsub_auth::{AccessKey, ClientAccessClaims, ClientAccessToken, Error, ErrorKind, jwt};
use webpubsub_protocol::{
    ClientProtocol, Endpoint, HubName, Role, Target,
    operation::{GenerateClientToken, MinutesToExpire, Operation as _},
};

use crate::{CANARY, all_text};

fn sign(token: ClientAccessToken) -> Result<webpubsub_auth::ClientAccessUrl, Error> {
    let endpoint: Endpoint = "https://contoso.webpubsub.azure.com/sub".parse().unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_900);
    token.sign_at(
        &endpoint,
        &HubName::new("Chat").unwrap(),
        &AccessKey::new(CANARY).unwrap(),
        now,
    )
}

/// The claims of a token, as they stand in it.
fn claims(token: ClientAccessToken) -> String {
    let url = sign(token).unwrap();
    let key = AccessKey::new(CANARY).unwrap();
    jwt::verify::<Box<serde_json::value::RawValue>>(url.token().expose_secret(), &key)
        .unwrap()
        .to_string()
}

#[test]
fn claims_on_the_wire() {
    let full = ClientAccessToken::new()
        .user_id("ann")
        .role(Role::SendToAnyGroup)
        .roles(["webpubsub.joinLeaveGroup.room", "webpubsub.sendToGroups.r*"])
        .group("room")
        .groups(["a b", "é"])
        .lifetime(Duration::from_millis(1500))
        .claim("department", "x\"y")
        .claim("level", 3);
    let lines = [
        claims(ClientAccessToken::new()),
        claims(full),
        claims(
            ClientAccessToken::new()
                .role("one")
                .group("one")
                .protocol(ClientProtocol::Mqtt),
        ),
        claims(ClientAccessToken::new().protocol(ClientProtocol::SocketIo)),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_url_shows_its_token_only_on_demand() {
    let url = sign(ClientAccessToken::new()).unwrap();
    insta::assert_snapshot!(
        format!("{url:?}"),
        @"ClientAccessUrl(wss://contoso.webpubsub.azure.com/sub/client/hubs/Chat?access_token=[REDACTED])"
    );
    assert_eq!(
        url.expose_url(),
        format!(
            "{}?access_token={}",
            url.base(),
            url.token().expose_secret()
        )
    );
}

#[test]
fn the_first_broken_rule_is_the_error() {
    let broken = [
        ClientAccessToken::new().user_id("").group(""),
        ClientAccessToken::new().group("\n").user_id(""),
        ClientAccessToken::new().lifetime(Duration::ZERO),
        ClientAccessToken::new().lifetime(Duration::MAX),
        ClientAccessToken::new().claim("aud", "x"),
        ClientAccessToken::new().claim("x", std::collections::BTreeMap::from([((1, 2), 3)])),
    ];
    let errors = broken.map(|token| {
        let error = sign(token).unwrap_err();
        format!("{}: {}", error.kind(), all_text(&error))
    });
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn claims_of_other_signers_are_read() {
    let read = |json| serde_json::from_str::<ClientAccessClaims>(json).unwrap();
    let claims = read(
        r#"{"aud":"wss://h/client/hubs/c","exp":1,"role":"one","webpubsub.group":"g","iss":"https://webpubsub.azure.com"}"#,
    );
    assert_eq!(claims.role, ["one"]);
    assert_eq!(claims.groups, ["g"]);
    assert_eq!(claims.other["iss"], "https://webpubsub.azure.com");
    assert_eq!(read(r#"{"aud":"x"}"#).token.exp, None);
    let dates = read(r#"{"aud":"x","exp":1700000000.9,"nbf":-5,"iat":1e30}"#).token;
    assert_eq!(
        (dates.exp, dates.nbf, dates.iat),
        (Some(1_700_000_000), Some(0), Some(u64::MAX))
    );
}

#[test]
fn an_error_kind_says_what_it_is() {
    assert_eq!(
        sign(ClientAccessToken::new().user_id(""))
            .unwrap_err()
            .kind(),
        ErrorKind::Argument
    );
}

#[test]
fn the_service_is_asked_for_all_a_token_is_to_say() {
    let token = ClientAccessToken::new()
        .user_id("ann/é")
        .roles(["webpubsub.sendToGroup", "webpubsub.sendToGroups.r*"])
        .groups(["a b", "é"])
        .lifetime(Duration::from_secs(61))
        .protocol(ClientProtocol::Mqtt);
    let operation = token.into_operation().unwrap();

    let mut expected = GenerateClientToken::new();
    expected.user = Some("ann/é".try_into().unwrap());
    expected.roles = vec![
        Role::SendToAnyGroup,
        Role::SendToGroups("r*".parse().unwrap()),
    ];
    expected.groups = vec!["a b".try_into().unwrap(), "é".try_into().unwrap()];
    expected.minutes_to_expire = Some(2.try_into().unwrap());
    expected.protocol = ClientProtocol::Mqtt;
    assert_eq!(operation, expected);

    let endpoint = "https://contoso.webpubsub.azure.com".parse().unwrap();
    let target = Target::new(endpoint, HubName::new("Chat").unwrap());
    let request = operation.to_request(&target).unwrap();
    insta::assert_snapshot!(format!("{} {}", request.method(), request.uri()), @"POST https://contoso.webpubsub.azure.com/api/hubs/Chat/:generateToken?api-version=2024-12-01&userId=ann%2F%C3%A9&role=webpubsub.sendToGroup&role=webpubsub.sendToGroups.r%2A&minutesToExpire=2&group=a%20b&group=%C3%A9&clientType=MQTT");
}

#[test]
fn a_token_that_says_nothing_asks_for_the_default_lifetime_only() {
    let operation = ClientAccessToken::new().into_operation().unwrap();
    let mut expected = GenerateClientToken::new();
    expected.minutes_to_expire = Some(60.try_into().unwrap());
    assert_eq!(operation, expected);
}

#[test]
fn the_service_counts_a_part_of_a_minute_as_a_whole() {
    let minutes = |lifetime| {
        let operation = ClientAccessToken::new().lifetime(lifetime).into_operation();
        operation.map(|operation| operation.minutes_to_expire.map(MinutesToExpire::get))
    };
    let most = Duration::from_secs(60 * u64::from(MinutesToExpire::MAX));
    let nanosecond = Duration::from_nanos(1);
    for (lifetime, expected) in [
        (nanosecond, 1),
        (Duration::from_secs(1), 1),
        (Duration::from_secs(60), 1),
        (Duration::from_secs(60) + nanosecond, 2),
        (Duration::from_secs(61), 2),
        (Duration::from_secs(120), 2),
        (most, MinutesToExpire::MAX),
    ] {
        assert_eq!(minutes(lifetime).unwrap(), Some(expected), "{lifetime:?}");
    }
    for lifetime in [Duration::ZERO, most + nanosecond, Duration::MAX] {
        let error = minutes(lifetime).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Claims, "{lifetime:?}");
    }
}

#[test]
fn what_the_service_cannot_sign_is_not_asked_for() {
    let broken = [
        ClientAccessToken::new().claim("department", CANARY),
        ClientAccessToken::new().claim("aud", CANARY),
        ClientAccessToken::new().user_id("").claim("x", CANARY),
        ClientAccessToken::new().group("").lifetime(Duration::ZERO),
        ClientAccessToken::new().lifetime(Duration::ZERO),
    ];
    let errors = broken.map(|token| {
        let error = token.into_operation().unwrap_err();
        format!("{}: {}", error.kind(), all_text(&error))
    });
    insta::assert_snapshot!(errors.join("\n"));
}
