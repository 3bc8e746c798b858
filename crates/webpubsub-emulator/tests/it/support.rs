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
use webpubsub_protocol::{
    HubName, Message as Payload, Token,
    frame::{ClientFrame, Data, Encoded, Received, ServiceFrame, Subprotocol},
};

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

    /// A client of a subprotocol, greeted.
    pub(crate) async fn speaking(
        &self,
        subprotocol: Subprotocol,
        token: ClientAccessToken,
    ) -> Client {
        let mut client = self.connect(token, Some(subprotocol.as_str())).await;
        client.subprotocol = subprotocol;
        let greeting = client.receive().await;
        assert_eq!(greeting.sequence_id, None);
        let Some(ServiceFrame::Connected {
            connection_id,
            reconnection_token,
            ..
        }) = greeting.frame
        else {
            panic!("{greeting:?} is no greeting");
        };
        client.id = connection_id.to_string();
        client.reconnection_token = reconnection_token;
        client
    }

    /// The URL at which a client comes back.
    pub(crate) fn recovery_url(&self, client: &Client) -> String {
        let token = client.reconnection_token.as_ref().expect("is reliable");
        format!(
            "ws://{}/client/hubs/h?awps_connection_id={}&awps_reconnection_token={}",
            self.address(),
            client.id,
            token.expose_secret()
        )
    }

    /// The client on a new socket, with its connection of before; its old socket is let go.
    pub(crate) async fn recover(&self, client: Client) -> Client {
        let url = self.recovery_url(&client);
        let Client {
            socket: old,
            id,
            subprotocol,
            reconnection_token,
        } = client;
        drop(old);
        let recovered = self.connect_to(&url, Some(subprotocol.as_str())).await;
        Client {
            id,
            subprotocol,
            reconnection_token,
            ..recovered.unwrap()
        }
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
                    subprotocol: Subprotocol::Json,
                    reconnection_token: None,
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
    pub(crate) subprotocol: Subprotocol,
    pub(crate) reconnection_token: Option<Token>,
}

impl Client {
    pub(crate) async fn send(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn send_json(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Sends a frame of the client's subprotocol.
    pub(crate) async fn say(&mut self, frame: &ClientFrame) {
        let message = match self.subprotocol.format().encode_client(frame) {
            Encoded::Text(text) => Message::text(text),
            Encoded::Binary(bytes) => Message::binary(bytes),
        };
        self.send(message).await;
    }

    /// The next frame of the client's subprotocol.
    pub(crate) async fn receive(&mut self) -> Received {
        let message = self.next().await;
        let data = match &message {
            Message::Text(text) => Data::Text(text),
            Message::Binary(bytes) => Data::Binary(bytes),
            other => panic!("{other:?} is no data"),
        };
        self.subprotocol.format().decode_service(data).unwrap()
    }

    /// The payload of the next frame, which is a message, and its number.
    pub(crate) async fn receive_message(&mut self) -> (Payload, Option<u64>) {
        let Received { frame, sequence_id } = self.receive().await;
        match frame {
            Some(
                ServiceFrame::GroupMessage { message, .. }
                | ServiceFrame::ServerMessage { message },
            ) => (message, sequence_id),
            other => panic!("{other:?} is no message"),
        }
    }

    /// The text of the next frame, which is a message, and its number.
    pub(crate) async fn receive_text(&mut self) -> (String, u64) {
        let (message, number) = self.receive_message().await;
        (message.as_text().unwrap().to_owned(), number.unwrap())
    }

    /// Shows that the client is served, and that nothing was sent to it before.
    pub(crate) async fn hears_nothing(&mut self) {
        self.say(&ClientFrame::Ping).await;
        let pong = Received {
            frame: Some(ServiceFrame::Pong),
            sequence_id: None,
        };
        assert_eq!(self.receive().await, pong);
    }

    pub(crate) async fn acknowledge(&mut self, sequence_id: u64) {
        self.say(&ClientFrame::SequenceAck { sequence_id }).await;
    }

    /// Says goodbye, and waits for the answer.
    pub(crate) async fn leave(&mut self, code: Option<u16>) {
        let goodbye = code.map(|code| CloseFrame {
            code: code.into(),
            reason: "".into(),
        });
        soon(self.socket.close(goodbye)).await.unwrap();
        self.closed().await;
    }

    /// Reads up to the end, which comes without a goodbye.
    pub(crate) async fn is_cut_off(&mut self) {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Close(goodbye))) => panic!("a goodbye: {goodbye:?}"),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            }
        }
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

/// A frame that joins the group `g`.
pub(crate) fn join(ack_id: u64) -> ClientFrame {
    ClientFrame::JoinGroup {
        group: group("g"),
        ack_id: Some(ack_id),
    }
}

/// A frame that publishes to the group `g`.
pub(crate) fn publish(message: Payload, ack_id: Option<u64>) -> ClientFrame {
    ClientFrame::SendToGroup {
        group: group("g"),
        message,
        no_echo: false,
        message_ttl: None,
        ack_id,
    }
}

pub(crate) fn group(name: &str) -> webpubsub_protocol::GroupName {
    name.try_into().unwrap()
}
