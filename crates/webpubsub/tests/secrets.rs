//! A canary key goes through all of it, and all that is printed is searched. Alone in its program, since it listens to
//! everything that is traced there.

use std::{
    error::Error as StdError,
    fmt::{Debug, Write as _},
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt as _;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};
use webpubsub::{
    AccessKey, AccessKeys, ClientAccessToken, ConnectionString, Credential, Error, Message,
    WebPubSubServiceClient,
};
use webpubsub_emulator::Emulator;

/// A key that must never be printed.
const CANARY: &str = "CANARY-7f3a9c";

/// Keeps all that is printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<String>>);

impl Printed {
    fn debug(&self, value: &dyn Debug) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{value:?}\n{value:#?}\n").unwrap();
    }

    fn error(&self, error: &(dyn StdError + 'static)) {
        self.debug(&error);
        let mut next = Some(error);
        while let Some(error) = next {
            writeln!(self.0.lock().unwrap(), "{error}").unwrap();
            next = error.source();
        }
    }

    async fn failure<T: Debug>(&self, call: impl IntoFuture<Output = Result<T, Error>>) {
        self.error(&call.await.unwrap_err());
    }

    /// Looks for what must not be there.
    fn holds_no(&self, token: &str) {
        let printed = self.0.lock().unwrap();
        // Proof that it was listening: client, emulator and HTTP library all spoke.
        for spoke in [
            "webpubsub::http",
            "refused a token",
            "REDACTED",
            "http.request.headers",
            "hyper",
            "[REDACTED]",
        ] {
            assert!(printed.contains(spoke), "{spoke} is missing");
        }
        for secret in [CANARY, "PAYLOAD", "Bearer ey", "access_token=ey", token] {
            let line = printed.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} was printed");
        }
    }
}

impl io::Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap()
            .push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Printed {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_printed_anywhere() {
    let printed = Printed::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(printed.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let builder = Emulator::builder().access_key(CANARY);
    printed.debug(&builder);
    let emulator = builder.start().await.unwrap();
    printed.debug(&emulator);
    let connection_string: ConnectionString = emulator.connection_string().parse().unwrap();
    printed.debug(&connection_string);
    printed.debug(&Credential::from(AccessKey::new(CANARY).unwrap()));
    printed
        .debug(&WebPubSubServiceClient::builder().connection_string(&emulator.connection_string()));

    // What works.
    let client =
        WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), "h").unwrap();
    printed.debug(&client);
    printed.debug(&client.send_to_all(Message::text("PAYLOAD")));
    let token = ClientAccessToken::new().user_id("ann").group("room");
    printed.debug(&token);
    let url = client.client_access_url(token).await.unwrap();
    printed.debug(&(&url, url.token()));
    let (mut ann, _) = Box::pin(connect_async(url.expose_url())).await.unwrap();
    client
        .send_to_user("ann", Message::text("PAYLOAD"))
        .await
        .unwrap();
    let received = timeout(Duration::from_secs(30), ann.next()).await.unwrap();
    assert_eq!(received.unwrap().unwrap().to_text().unwrap(), "PAYLOAD");
    drop(ann);

    client.user_exists("ann").logging(true).await.unwrap();
    let keys = AccessKeys::new(
        AccessKey::new(CANARY).unwrap(),
        AccessKey::new(CANARY).unwrap(),
    );
    printed.debug(&(&keys, Credential::from(keys.clone())));

    #[cfg(feature = "entra")]
    with_a_token_of_entra_id(&printed).await;

    // What does not.
    printed
        .failure(client.add_connection_to_group("room", "gone"))
        .await;
    printed
        .failure(client.send_to_group("", Message::text("PAYLOAD")))
        .await;
    printed.error(
        &format!("Endpoint=x;AccessKey={CANARY}")
            .parse::<ConnectionString>()
            .unwrap_err(),
    );
    printed.error(&AccessKey::new(format!("{CANARY} ")).unwrap_err());
    let other = AccessKey::new(format!("{CANARY}-other")).unwrap();
    let stranger =
        WebPubSubServiceClient::new(emulator.endpoint().to_string(), other, "h").unwrap();
    printed
        .failure(stranger.send_to_all(Message::text("PAYLOAD")))
        .await;
    let bad = Emulator::builder()
        .access_key(format!("{CANARY};"))
        .start()
        .await
        .unwrap_err();
    printed.error(&bad);
    emulator.stop().await;
    printed
        .failure(client.send_to_all(Message::text("PAYLOAD")))
        .await;

    printed.holds_no(url.token().expose_secret());
}

/// The token is a secret too, in what works and in what does not.
#[cfg(feature = "entra")]
async fn with_a_token_of_entra_id(printed: &Printed) {
    use azure_core::{
        credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions},
        time::{Duration, OffsetDateTime},
    };
    use webpubsub::transport::TransportConfig;

    #[derive(Debug)]
    struct Canary;

    #[async_trait::async_trait]
    impl TokenCredential for Canary {
        async fn get_token(
            &self,
            _: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            // `{"aud":"https://webpubsub.azure.com","exp":4102444800}`
            let claims = "eyJhdWQiOiJodHRwczovL3dlYnB1YnN1Yi5henVyZS5jb20iLCJleHAiOjQxMDI0NDQ4MDB9";
            let token = format!("e30.{claims}.{CANARY}");
            let expires_on = OffsetDateTime::now_utc() + Duration::hours(1);
            Ok(AccessToken::new(Secret::new(token), expires_on))
        }
    }

    let builder = Emulator::builder().tls().allow_unvalidated_entra(true);
    let emulator = builder.start().await.unwrap();
    let mut config = TransportConfig::default();
    let certificate = emulator.certificate_pem().unwrap();
    config.tls.add_root_certificates(certificate).unwrap();
    let builder = WebPubSubServiceClient::builder()
        .endpoint(emulator.endpoint().to_string())
        .credential(std::sync::Arc::new(Canary))
        .hub("h")
        .config(config)
        .logging(true);
    printed.debug(&builder);
    let client = builder.build().unwrap();
    printed.debug(&client);
    client.send_to_all(Message::text("PAYLOAD")).await.unwrap();
    let url = client
        .client_access_url(ClientAccessToken::new())
        .await
        .unwrap();
    printed.debug(&url);
    emulator.stop().await;
    printed
        .failure(client.send_to_all(Message::text("PAYLOAD")))
        .await;
}
