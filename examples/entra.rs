//! Entra ID in place of an access key: any credential of azure_core.
//!
//! Here it is one that gives a token the emulator takes. In Azure it would be
//! `webpubsub::identity(&TransportConfig::default())?.default_credential()`, which finds out by itself whether it runs on
//! a virtual machine, in App Service, in Kubernetes or on a developer's machine.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions},
    time::{Duration, OffsetDateTime},
};
use webpubsub::{ClientAccessToken, Message, WebPubSubServiceClient, transport::TransportConfig};
use webpubsub_emulator::Emulator;
use webpubsub_examples::BoxError;

/// A token without a signature worth the name, `{"aud":"https://webpubsub.azure.com","exp":4102444800}` in the middle.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJodHRwczovL3dlYnB1YnN1Yi5henVyZS5jb20iLCJleHAiOjQxMDI0NDQ4MDB9.c2ln";

#[derive(Debug)]
struct ForTheEmulator;

#[async_trait]
impl TokenCredential for ForTheEmulator {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        println!("a token is asked for, with scope {}", scopes.join(" "));
        let expires_on = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken::new(Secret::new(TOKEN), expires_on))
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // Tokens of Entra ID travel over TLS only, and the emulator takes them unchecked only when told to.
    let emulator = Emulator::builder()
        .tls()
        .allow_unvalidated_entra(true)
        .start()
        .await?;
    let mut config = TransportConfig::default();
    let certificate = emulator.certificate_pem().ok_or("there is TLS")?;
    config.tls.add_root_certificates(certificate)?;

    let client = WebPubSubServiceClient::builder()
        .endpoint(emulator.endpoint().to_string())
        .credential(Arc::new(ForTheEmulator))
        .hub("entra")
        .config(config)
        .build()?;
    client
        .send_to_all(Message::text("no key, no secret"))
        .await?;
    println!("ann is there: {}", client.user_exists("ann").await?);

    // Without a key the service signs the tokens of WebSocket clients; the call is the same.
    let url = client
        .client_access_url(ClientAccessToken::new().user_id("ann"))
        .await?;
    println!("clients connect to {}", url.base());
    assert!(url.base().starts_with("wss://"));
    Ok(())
}
