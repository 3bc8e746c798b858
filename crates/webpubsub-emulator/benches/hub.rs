//! What a hub costs: joining and leaving a group, and a message to all of a group.
//!
//! The hub is private, so it is driven through the emulator's door: over loopback, by a client that does as little as it
//! can, all in one thread. What a ping takes is in everything else too.

use divan::{Bencher, counter::ItemsCount};
use http::Uri;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    runtime::{self, Runtime},
};
use webpubsub_auth::{AccessKey, ClientAccessToken};
use webpubsub_emulator::{DEFAULT_ACCESS_KEY, Emulator};
use webpubsub_protocol::HubName;

/// What makes a GET a WebSocket handshake; the key is the example of RFC 6455, section 1.3.
const HANDSHAKE: [&str; 5] = [
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol: json.webpubsub.azure.v1",
];

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 1000)]
fn ping(bencher: Bencher<'_, '_>) {
    let (runtime, emulator) = start();
    let mut client = runtime.block_on(Client::connect(&emulator, member()));
    bencher.bench_local(|| runtime.block_on(client.ask(r#"{"type":"ping"}"#)));
}

#[divan::bench(sample_count = 1000)]
fn join_and_leave(bencher: Bencher<'_, '_>) {
    let (runtime, emulator) = start();
    let mut client = runtime.block_on(Client::connect(&emulator, member()));
    let mut ack_id = 0;
    bencher.bench_local(|| {
        for kind in ["joinGroup", "leaveGroup"] {
            ack_id += 1;
            let frame = format!(r#"{{"type":"{kind}","group":"room","ackId":{ack_id}}}"#);
            runtime.block_on(client.ask(&frame));
        }
    });
}

#[divan::bench(sample_count = 1000, args = [1, 10, 100])]
fn send_to_group(bencher: Bencher<'_, '_>, receivers: usize) {
    let (runtime, emulator) = start();
    let mut sender = runtime.block_on(Client::connect(&emulator, member()));
    let mut receivers: Vec<_> = (0..receivers)
        .map(|_| runtime.block_on(Client::connect(&emulator, member().group("room"))))
        .collect();
    let data = "x".repeat(200);
    let frame =
        format!(r#"{{"type":"sendToGroup","group":"room","dataType":"text","data":"{data}"}}"#);
    let bencher = bencher.counter(ItemsCount::new(receivers.len()));
    bencher.bench_local(|| {
        runtime.block_on(async {
            sender.send(&frame).await;
            for receiver in &mut receivers {
                receiver.receive().await;
            }
        });
    });
}

fn start() -> (Runtime, Emulator) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let emulator = runtime.block_on(Emulator::builder().start()).unwrap();
    (runtime, emulator)
}

fn member() -> ClientAccessToken {
    ClientAccessToken::new().roles(["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"])
}

/// A WebSocket client that speaks just enough for short messages.
struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects, and waits for the greeting.
    async fn connect(emulator: &Emulator, token: ClientAccessToken) -> Self {
        let (hub, key) = (HubName::new("h"), AccessKey::new(DEFAULT_ACCESS_KEY));
        let url = token.sign(emulator.endpoint(), &hub.unwrap(), &key.unwrap());
        let url: Uri = url.unwrap().expose_url().parse().unwrap();
        let (path, address) = (url.path_and_query().unwrap(), emulator.address());

        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let headers = HANDSHAKE.join("\r\n");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await.unwrap();
        }
        let mut client = Self(stream);
        client.receive().await;
        client
    }

    async fn ask(&mut self, text: &str) {
        self.send(text).await;
        self.receive().await;
    }

    /// Sends a text message, masked by zeros, which change nothing.
    async fn send(&mut self, text: &str) {
        let mut frame = vec![0x81];
        if let Ok(len @ ..126) = u8::try_from(text.len()) {
            frame.push(0x80 | len);
        } else {
            frame.push(0xFE);
            frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await.unwrap();
    }

    /// Reads one message.
    async fn receive(&mut self) {
        let _ = self.0.read_u8().await.unwrap();
        let len = match self.0.read_u8().await.unwrap() {
            126 => self.0.read_u16().await.unwrap().into(),
            len => len.into(),
        };
        let mut content = vec![0; len];
        self.0.read_exact(&mut content).await.unwrap();
    }
}
