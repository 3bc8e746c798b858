use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, protocol::CloseFrame},
};
use webpubsub_auth::{AccessKey, ClientAccessToken, jwt};
use webpubsub_emulator::{Builder, DEFAULT_ACCESS_KEY, Emulator, Limits};
use webpubsub_protocol::HubName;

/// Long enough that a test which waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const JSON: &str = "json.webpubsub.azure.v1";

/// What makes a GET a WebSocket handshake; the key is the example of RFC 6455, section 1.3.
pub(crate) const HANDSHAKE: [&str; 4] = [
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

/// Waits for an event; a test that waits in vain fails.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    timeout(PATIENCE, event)
        .await
        .expect("the event comes in time")
}

pub(crate) fn key() -> AccessKey {
    AccessKey::new(DEFAULT_ACCESS_KEY).unwrap()
}

/// Now, as tokens have it.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// An `Authorization` header for a URL.
pub(crate) fn bearer(audience: &str) -> String {
    let token = jwt::sign(&json!({ "aud": audience, "exp": now() + 60 }), &key()).unwrap();
    format!("authorization: Bearer {}", token.expose_secret())
}

/// A running emulator.
pub(crate) struct Service(pub(crate) Emulator);

/// What a server answered, but for the date.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::built(Emulator::builder().limits(limits)).await
    }

    pub(crate) async fn built(builder: Builder) -> Self {
        Self(builder.start().await.unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.endpoint())
    }

    /// An authorized request to a path of hub `h`.
    pub(crate) async fn rest(&self, method: &str, path: &str) -> Answer {
        self.request(method, path, &[], b"").await
    }

    /// An authorized POST with a body.
    pub(crate) async fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.request(
            "POST",
            path,
            &[&format!("content-type: {content_type}")],
            body,
        )
        .await
    }

    /// Waits until a user or group has no connection any more.
    pub(crate) async fn forgets(&self, path: &str) {
        soon(async {
            while self.rest("HEAD", path).await.status != 404 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &[u8],
    ) -> Answer {
        let path = format!("/api/hubs/h{path}");
        let bearer = bearer(&self.url(&path));
        let length = format!("content-length: {}", body.len());
        let headers = [&[bearer.as_str(), &length], headers].concat();
        self.raw(
            &[
                head(method, &path, self.address(), &headers).as_bytes(),
                body,
            ]
            .concat(),
        )
        .await
    }

    /// What comes back for these bytes until the server closes the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Answer {
        let stream = TcpStream::connect(self.address()).await.unwrap();
        exchange(stream, bytes).await
    }

    /// A client of the JSON subprotocol, greeted.
    pub(crate) async fn json(&self, token: ClientAccessToken) -> Client {
        let mut client = self.connect(token, Some(JSON)).await;
        let greeting = client.next_json().await;
        assert_eq!(greeting["event"], "connected");
        client.id = greeting["connectionId"].as_str().unwrap().into();
        client
    }

    pub(crate) async fn plain(&self, token: ClientAccessToken) -> Client {
        self.connect(token, None).await
    }

    async fn connect(&self, token: ClientAccessToken, subprotocol: Option<&'static str>) -> Client {
        self.connect_to(&self.client_url(token), subprotocol)
            .await
            .unwrap()
    }

    pub(crate) fn client_url(&self, token: ClientAccessToken) -> String {
        token
            .sign(self.0.endpoint(), &HubName::new("h").unwrap(), &key())
            .unwrap()
            .expose_url()
    }

    /// Connects, or gives the status with which the client is turned away.
    pub(crate) async fn connect_to(
        &self,
        url: &str,
        subprotocol: Option<&'static str>,
    ) -> Result<Client, StatusCode> {
        let mut request = url.into_client_request().unwrap();
        if let Some(subprotocol) = subprotocol {
            request.headers_mut().insert(
                SEC_WEBSOCKET_PROTOCOL,
                HeaderValue::from_static(subprotocol),
            );
        }
        match soon(Box::pin(connect_async(request))).await {
            Ok((socket, response)) => {
                assert_eq!(
                    response.headers().get(SEC_WEBSOCKET_PROTOCOL).is_some(),
                    subprotocol.is_some()
                );
                Ok(Client {
                    socket,
                    id: String::new(),
                })
            }
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What comes back for these bytes until the server closes the connection.
pub(crate) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    bytes: &[u8],
) -> Answer {
    soon(async {
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8_lossy(&answer);
        let lines = text.lines().filter(|line| !line.starts_with("date: "));
        let text = lines.collect::<Vec<_>>().join("\n");
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_default();
        Answer { status, text }
    })
    .await
}

/// The head of a request that asks for the connection to be closed.
pub(crate) fn head(method: &str, path: &str, host: SocketAddr, headers: &[&str]) -> String {
    let headers = headers
        .iter()
        .flat_map(|header| [*header, "\r\n"])
        .collect::<String>();
    format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n")
}

/// A WebSocket client.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) id: String,
}

impl Client {
    pub(crate) async fn send(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn send_json(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Sends a frame and gives its ack.
    pub(crate) async fn ask(&mut self, frame: Value) -> Value {
        self.send_json(frame).await;
        self.next_json().await
    }

    /// The next data frame.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            match soon(self.socket.next())
                .await
                .expect("the connection is open")
                .unwrap()
            {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    pub(crate) async fn next_json(&mut self) -> Value {
        serde_json::from_str(self.next().await.to_text().unwrap()).unwrap()
    }

    /// Reads up to the goodbye, and answers it; gives its code and reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            let next = soon(self.socket.next()).await;
            let Message::Close(goodbye) = next.expect("there is a goodbye").unwrap() else {
                continue;
            };
            // The library answers when it is asked for more, which there is not.
            let _ = soon(self.socket.next()).await;
            return match goodbye {
                Some(CloseFrame { code, reason }) => (code.into(), reason.to_string()),
                None => (1005, String::new()),
            };
        }
    }

    /// Shows that the client is served: the emulator answers a ping of the subprotocol.
    pub(crate) async fn is_served(&mut self) {
        let pong = self.ask(json!({ "type": "ping" })).await;
        assert_eq!(pong, json!({ "type": "pong" }));
    }
}

pub(crate) fn user(user: &str) -> ClientAccessToken {
    ClientAccessToken::new().user_id(user)
}

/// A token with the roles for all groups.
pub(crate) fn member(name: &str) -> ClientAccessToken {
    user(name).roles(["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"])
}
