//! A server that does what a test says.

use std::collections::HashMap;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role},
    },
};
use webpubsub_client::{Builder, WebPubSubClient};

use crate::support::soon;

pub(crate) struct Server(TcpListener);

/// A client that asks to be let in.
pub(crate) struct Arrival {
    stream: TcpStream,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
}

/// A client that was let in.
pub(crate) struct Peer(pub(crate) WebSocketStream<TcpStream>);

impl Server {
    pub(crate) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn url(&self) -> String {
        let address = self.0.local_addr().unwrap();
        format!("ws://{address}/client/hubs/h?access_token=CANARY-token")
    }

    /// A client of this server, to be built, that does not wait long before it comes again.
    pub(crate) fn client(&self) -> Builder {
        let mut options = webpubsub_client::ClientOptions::default();
        options.reconnect.base_delay = std::time::Duration::from_millis(1);
        WebPubSubClient::builder(self.url()).options(options)
    }

    /// The next connection, of whatever it is.
    pub(crate) async fn next_stream(&self) -> TcpStream {
        soon(self.0.accept()).await.unwrap().0
    }

    /// The next client, with its request.
    pub(crate) async fn next(&self) -> Arrival {
        let mut stream = self.next_stream().await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(stream.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let target = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Arrival {
            stream,
            target,
            headers: headers.collect(),
        }
    }

    /// The next client, let in and greeted.
    pub(crate) async fn next_greeted(&self, id: &str) -> Peer {
        let mut peer = self.next().await.accept().await;
        peer.greet(id).await;
        peer
    }
}

impl Arrival {
    pub(crate) async fn refuse(mut self, status: &str, body: &str) {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        self.stream.write_all(answer.as_bytes()).await.unwrap();
    }

    /// Lets the client in, with the subprotocol it asks for.
    pub(crate) async fn accept(self) -> Peer {
        let subprotocol = self.headers["sec-websocket-protocol"].clone();
        self.accept_with(&format!("sec-websocket-protocol: {subprotocol}\r\n"))
            .await
    }

    /// Lets the client in, with these lines in the answer's head.
    pub(crate) async fn accept_with(mut self, lines: &str) -> Peer {
        let accept = derive_accept_key(self.headers["sec-websocket-key"].as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-accept: {accept}\r\n{lines}\r\n"
        );
        self.stream.write_all(answer.as_bytes()).await.unwrap();
        Peer(WebSocketStream::from_raw_socket(self.stream, Role::Server, None).await)
    }
}

impl Peer {
    pub(crate) async fn greet(&mut self, id: &str) {
        self.send(json!({
            "type": "system", "event": "connected", "connectionId": id, "reconnectionToken": "CANARY-reconnect",
        }))
        .await;
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_message(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send_message(&mut self, message: Message) {
        soon(self.0.send(message)).await.unwrap();
    }

    pub(crate) async fn ack(&mut self, ack_id: &Value) {
        self.send(json!({ "type": "ack", "ackId": ack_id, "success": true }))
            .await;
    }

    pub(crate) async fn fail(&mut self, ack_id: &Value, name: &str) {
        let error = json!({ "name": name, "message": "why" });
        self.send(json!({ "type": "ack", "ackId": ack_id, "success": false, "error": error }))
            .await;
    }

    /// A message of the server, with this number.
    pub(crate) async fn message(&mut self, number: u64) {
        self.send(json!({
            "type": "message", "from": "server", "dataType": "json", "data": number, "sequenceId": number,
        }))
        .await;
    }

    /// The next frame of the client; `None` when it has left.
    pub(crate) async fn next_if_there(&mut self) -> Option<Value> {
        loop {
            match soon(self.0.next()).await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn next(&mut self) -> Value {
        self.next_if_there().await.expect("the client is there")
    }

    /// The next frame of the client is of this type.
    pub(crate) async fn expect(&mut self, r#type: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(frame["type"], r#type, "{frame}");
        frame
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "bye".into(),
        };
        // The client may be faster.
        let _ = soon(self.0.close(Some(frame))).await;
    }

    /// Writes bytes that the library would not.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        soon(self.0.get_mut().write_all(bytes)).await.unwrap();
    }
}
