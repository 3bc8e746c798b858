use std::{fmt, sync::Arc, time::SystemTime};

use webpubsub_auth::{AccessKey, BoxFuture, ClientAccessToken, ClientAccessUrl, ConnectionString};
use webpubsub_protocol::{Endpoint, HubName};

use crate::{BoxError, ClientUrl, Error};

/// Where a client has the URL from that it connects to; asked for each new connection.
///
/// ```
/// use webpubsub_client::{ClientAccessToken, WebPubSubClientCredential};
///
/// // A URL that your server gave: good until its token expires.
/// let fixed = WebPubSubClientCredential::from("wss://contoso.webpubsub.azure.com/client/hubs/chat?access_token=ey");
///
/// // A callback that asks your server for a new one.
/// # async fn negotiate() -> Result<String, std::io::Error> { Ok("wss://example.com/client/hubs/chat".to_owned()) }
/// let asked = WebPubSubClientCredential::from_callback(|| async { negotiate().await });
///
/// // An access key: for programs that are trusted with it.
/// let connection_string = "Endpoint=https://contoso.webpubsub.azure.com;AccessKey=secret;";
/// let token = ClientAccessToken::new().user_id("ann").role("webpubsub.sendToGroup");
/// let signed = WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
/// # Ok::<(), webpubsub_client::Error>(())
/// ```
#[derive(Clone)]
pub struct WebPubSubClientCredential(Source);

#[derive(Clone)]
enum Source {
    Fixed(Result<ClientUrl, Error>),
    Callback(Arc<Callback>),
    Signed(Arc<Signer>),
}

type Callback = dyn Fn() -> BoxFuture<'static, Result<ClientUrl, Error>> + Send + Sync;

struct Signer {
    endpoint: Endpoint,
    access_key: AccessKey,
    hub: HubName,
    token: ClientAccessToken,
}

impl WebPubSubClientCredential {
    /// A URL that stays the same. Once its token has expired, no new connection can be made with it.
    pub fn from_url<U>(url: U) -> Self
    where
        U: TryInto<ClientUrl>,
        Error: From<U::Error>,
    {
        Self(Source::Fixed(url.try_into().map_err(Error::from)))
    }

    /// A callback that gives a URL with a new token each time: a `String`, or a `ClientAccessUrl` of the service client.
    ///
    /// It may take as long as the client's `connect_timeout` allows for a connection in all, and is then dropped. When it
    /// fails, it is called again for the next attempt.
    pub fn from_callback<F, R, U, E>(callback: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<U, E>> + Send + 'static,
        U: TryInto<ClientUrl>,
        Error: From<U::Error>,
        E: Into<BoxError>,
    {
        Self(Source::Callback(Arc::new(move || {
            let url = callback();
            Box::pin(async {
                let url = url.await.map_err(Error::credential)?;
                Ok(url.try_into()?)
            })
        })))
    }

    /// A connection string, with which a token is signed for each connection.
    pub fn from_connection_string<H>(
        connection_string: &str,
        hub: H,
        token: ClientAccessToken,
    ) -> Result<Self, Error>
    where
        H: TryInto<HubName>,
        webpubsub_protocol::Error: From<H::Error>,
    {
        let connection_string: ConnectionString = connection_string.parse().map_err(Error::auth)?;
        let hub = hub.try_into().map_err(webpubsub_protocol::Error::from)?;
        let signer = Signer {
            endpoint: connection_string.endpoint().clone(),
            access_key: connection_string.access_key().clone(),
            hub,
            token,
        };
        signer.sign()?;
        Ok(Self(Source::Signed(Arc::new(signer))))
    }

    /// An error if it can never give a URL.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.0 {
            Source::Fixed(Err(error)) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// The URL for a new connection.
    pub(crate) async fn url(&self) -> Result<ClientUrl, Error> {
        match &self.0 {
            Source::Fixed(url) => url.clone(),
            Source::Callback(callback) => callback().await,
            Source::Signed(signer) => signer.sign(),
        }
    }

    /// Whether a new connection would be made with what was refused before.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.0, Source::Fixed(_))
    }

    /// Whether all it has is a token whose time is over.
    pub(crate) fn has_expired(&self, now: SystemTime) -> bool {
        match &self.0 {
            Source::Fixed(Ok(url)) => url.expiry().is_some_and(|expiry| expiry <= now),
            _ => false,
        }
    }
}

impl Signer {
    fn sign(&self) -> Result<ClientUrl, Error> {
        let token = self.token.clone();
        let url = token
            .sign(&self.endpoint, &self.hub, &self.access_key)
            .map_err(Error::auth)?;
        url.try_into()
    }
}

impl From<&str> for WebPubSubClientCredential {
    fn from(url: &str) -> Self {
        Self::from_url(url)
    }
}

impl From<String> for WebPubSubClientCredential {
    fn from(url: String) -> Self {
        Self::from_url(url)
    }
}

impl From<ClientAccessUrl> for WebPubSubClientCredential {
    fn from(url: ClientAccessUrl) -> Self {
        Self::from_url(url)
    }
}

impl From<&ClientAccessUrl> for WebPubSubClientCredential {
    fn from(url: &ClientAccessUrl) -> Self {
        Self::from_url(url)
    }
}

impl fmt::Debug for WebPubSubClientCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Fixed(_) => "WebPubSubClientCredential(URL)",
            Source::Callback(_) => "WebPubSubClientCredential(callback)",
            Source::Signed(_) => "WebPubSubClientCredential(access key)",
        })
    }
}
