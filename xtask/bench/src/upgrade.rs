//! As much HTTP as a server for comparison needs.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The answer to a request that sends.
pub const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

/// The longest request that is taken.
const MAX_BYTES: usize = 256 * 1024;

/// A request.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "for programs of this crate")]
pub enum Request {
    /// One for a WebSocket connection; the answer is in it.
    Upgrade(String),
    /// One to send what it brings.
    Send(Vec<u8>),
}

impl Request {
    /// Reads the next request; `None` is the end. Nothing may follow before the answer.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut bytes = Vec::with_capacity(1024);
        loop {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
            if let Some(request) = Self::parse(&bytes) {
                return Ok(Some(request));
            }
            if bytes.len() > MAX_BYTES {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// The request, if all of it is there.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]);
        let header = |name: &str| {
            let mut headers = head.lines().filter_map(|line| line.split_once(": "));
            headers.find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
        };
        if let Some(key) = header("sec-websocket-key") {
            let accept = derive_accept_key(key.as_bytes());
            return Some(Self::Upgrade(format!(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-accept: {accept}\r\n\r\n"
            )));
        }
        let length: usize = header("content-length")?.parse().ok()?;
        let body = bytes.get(end + 4..end + 4 + length)?;
        Some(Self::Send(body.to_vec()))
    }
}

/// Answers requests that send, one after the other, as `send` carries them out.
pub async fn serve_sends<F: Future<Output = ()>>(
    mut stream: TcpStream,
    first: Option<Vec<u8>>,
    send: impl Fn(Vec<u8>) -> F,
) -> io::Result<()> {
    let mut next = first;
    loop {
        let body = match next.take() {
            Some(body) => body,
            None => match Request::read(&mut stream).await? {
                Some(Request::Send(body)) => body,
                _ => return Ok(()),
            },
        };
        send(body).await;
        stream.write_all(ACCEPTED).await?;
    }
}
