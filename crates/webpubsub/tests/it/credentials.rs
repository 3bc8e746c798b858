//! Who is calling: keys that change, keys that fail over, and tokens of Entra ID, against the emulator.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use webpubsub::{
    AccessKey, AccessKeys, ClientAccessToken, Credential, ErrorKind, Message, Role,
    WebPubSubServiceClient, blocking, transport::TransportConfig,
};
use webpubsub_auth::{ClientAccessClaims, jwt};
use webpubsub_emulator::{DEFAULT_ACCESS_KEY, Emulator};

use crate::support::{HUB, Received, Receiver};

fn key(text: &str) -> AccessKey {
    AccessKey::new(text).unwrap()
}

#[tokio::test]
async fn a_key_is_rotated_while_the_client_lives() {
    let emulator = Emulator::builder()
        .access_key("new-key")
        .start()
        .await
        .unwrap();
    let endpoint = emulator.endpoint().to_string();
    let key = key("old-key");
    let client = WebPubSubServiceClient::new(endpoint, key.clone(), HUB).unwrap();
    let error = client.user_exists("ann").await.unwrap_err();
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::UNAUTHORIZED), 1)
    );

    key.update("new-key").unwrap();
    assert!(!client.user_exists("ann").await.unwrap());
    let url = client
        .client_access_url(ClientAccessToken::new())
        .await
        .unwrap();
    Receiver::connect(&url).await;
}

#[tokio::test]
async fn the_secondary_key_takes_over_once_for_all() {
    let emulator = Emulator::builder()
        .access_key("second")
        .start()
        .await
        .unwrap();
    let endpoint = emulator.endpoint().to_string();
    let keys = AccessKeys::new(key("first"), key("second"));
    let client = WebPubSubServiceClient::new(endpoint, keys.clone(), HUB).unwrap();
    let mut ann = {
        client
            .send_to_all(Message::text("to no one"))
            .await
            .unwrap();
        Receiver::of(&client, "ann", &[]).await
    };
    assert_eq!(keys.in_use().expose_secret(), "second");
    client.send_to_all(Message::text("once")).await.unwrap();
    client.send_to_all(Message::text("and once")).await.unwrap();
    assert_eq!(ann.next().await, Received::text("once"));
    assert_eq!(ann.next().await, Received::text("and once"));
}

#[tokio::test]
async fn two_keys_that_are_both_refused_are_an_error_after_two_tries() {
    let emulator = Emulator::builder().start().await.unwrap();
    let endpoint = emulator.endpoint().to_string();
    let keys = AccessKeys::new(key("first"), key("second"));
    let client = WebPubSubServiceClient::new(endpoint, keys, HUB).unwrap();
    let error = client.user_exists("ann").await.unwrap_err();
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::UNAUTHORIZED), 2)
    );
}

/// Gives a token that the emulator takes when it does not check signatures.
#[derive(Debug)]
struct StaticCredential;

#[async_trait]
impl TokenCredential for StaticCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://webpubsub.azure.com/.default"]);
        let claims = r#"{"aud":"https://webpubsub.azure.com","exp":4102444800}"#;
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let expires_on = OffsetDateTime::now_utc() + azure_core::time::Duration::hours(1);
        Ok(AccessToken::new(Secret::new(token), expires_on))
    }
}

async fn secure_emulator() -> (Emulator, TransportConfig) {
    let emulator = Emulator::builder()
        .tls()
        .allow_unvalidated_entra(true)
        .start()
        .await
        .unwrap();
    let mut config = TransportConfig::default();
    let pem = emulator.certificate_pem().unwrap();
    config.tls.add_root_certificates(pem).unwrap();
    (emulator, config)
}

fn token() -> ClientAccessToken {
    ClientAccessToken::new()
        .user_id("ann")
        .roles([
            Role::SendToAnyGroup,
            Role::join_leave_group("room").unwrap(),
        ])
        .groups(["room", "hall"])
        .lifetime(std::time::Duration::from_secs(90))
}

#[tokio::test]
async fn entra_id_sends_and_has_the_service_sign_what_a_key_would_sign_here() {
    let (emulator, config) = secure_emulator().await;
    let by_entra = WebPubSubServiceClient::builder()
        .endpoint(emulator.endpoint().to_string())
        .credential(Arc::new(StaticCredential))
        .hub(HUB)
        .config(config.clone())
        .build()
        .unwrap();
    let by_key = WebPubSubServiceClient::builder()
        .connection_string(&emulator.connection_string())
        .hub(HUB)
        .config(config)
        .build()
        .unwrap();

    let (mut claims, mut lifetimes) = (Vec::new(), Vec::new());
    for client in [&by_entra, &by_key] {
        client.send_to_all(Message::text("hi")).await.unwrap();
        let url = client.client_access_url(token()).await.unwrap();
        assert!(url.base().starts_with("wss://"));
        let signed: ClientAccessClaims =
            jwt::verify(url.token().expose_secret(), &key(DEFAULT_ACCESS_KEY)).unwrap();
        let lifetime = signed.token.exp.unwrap() - signed.token.iat.unwrap();
        lifetimes.push(lifetime);
        claims.push((signed.token.aud, signed.sub, signed.role, signed.groups));
    }
    assert_eq!(lifetimes, [120, 90], "the service counts in minutes");
    assert_eq!(claims[0], claims[1]);
}

#[test]
fn the_blocking_client_asks_the_service_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (emulator, config) = runtime.block_on(secure_emulator());
    let client = blocking::WebPubSubServiceClient::builder()
        .endpoint(emulator.endpoint().to_string())
        .credential(Arc::new(StaticCredential) as Arc<dyn TokenCredential>)
        .hub(HUB)
        .config(config)
        .build()
        .unwrap();
    assert!(!client.user_exists("ann").send().unwrap());
    client.client_access_url(token()).unwrap();
    let error = client.client_access_url(token().claim("x", 1)).unwrap_err();
    insta::assert_snapshot!(error, @"client_access_url: invalid client access token: extra claims and headers need an access key: the service signs none");
    runtime.block_on(emulator.stop());
}

#[tokio::test]
async fn a_scope_of_another_cloud_is_asked_for() {
    #[derive(Debug)]
    struct Refuses;

    #[async_trait]
    impl TokenCredential for Refuses {
        async fn get_token(
            &self,
            scopes: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            let what = format!("asked for {scopes:?}");
            Err(azure_core::Error::with_message(
                azure_core::error::ErrorKind::Credential,
                what,
            ))
        }
    }

    let credential =
        Credential::token_credential(Arc::new(Refuses), "https://webpubsub.azure.cn/.default");
    let client = WebPubSubServiceClient::new("https://localhost:1", credential, HUB).unwrap();
    let error = client.user_exists("ann").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 1));
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| {
        error.source()
    });
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    insta::assert_snapshot!(causes.join("\n"), @r#"
    user_exists: the request could not be authorized
    the credential gave no token for the scope https://webpubsub.azure.cn/.default
    asked for ["https://webpubsub.azure.cn/.default"]
    "#);
}

#[tokio::test]
async fn a_token_of_entra_id_does_not_leave_in_clear() {
    let client = WebPubSubServiceClient::new(
        "http://contoso.example.com",
        Arc::new(StaticCredential),
        HUB,
    )
    .unwrap();
    let error = client.user_exists("ann").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
}

#[tokio::test]
async fn a_credential_given_beside_a_connection_string_counts_in_any_order() {
    let text = "Endpoint=https://example.com;AccessKey=of-the-string;";
    let pair = || AccessKeys::new(key("of-the-pair"), key("other"));
    let builder = WebPubSubServiceClient::builder;
    for builder in [
        builder().credential(pair()).connection_string(text),
        builder().connection_string(text).credential(pair()),
    ] {
        let client = builder.hub(HUB).build().unwrap();
        let url = client.client_access_url(token()).await.unwrap();
        let signed =
            jwt::verify::<ClientAccessClaims>(url.token().expose_secret(), &key("of-the-pair"));
        assert!(signed.is_ok());
    }
}
