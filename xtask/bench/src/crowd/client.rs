use std::{
    io::{self, Read as _, Write as _},
    net::SocketAddr,
    ops::ControlFlow,
};

use mio::net::TcpStream;

use super::{
    Kind,
    frames::{Frames, Opcode},
};

/// How many messages a reliable client lets come before it acknowledges them.
const ACKNOWLEDGED_AT_ONCE: usize = 100;

/// A pong without a payload, masked with zeros.
const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

/// One connection.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) stream: TcpStream,
    kind: Kind,
    /// So that not all acknowledge at the same time.
    number: usize,
    /// What has come of the answer to the handshake, until all of it has.
    answer: Option<Vec<u8>>,
    frames: Frames,
    data_frames: usize,
}

/// What a connection had seen at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) is_open: bool,
    pub(super) messages: usize,
}

impl Client {
    /// Connects, and asks for the upgrade.
    pub(super) fn connect(
        address: SocketAddr,
        kind: Kind,
        number: usize,
        path: &str,
    ) -> io::Result<Self> {
        let mut stream = std::net::TcpStream::connect(address)?;
        let subprotocol = kind
            .subprotocol()
            .map(|subprotocol| format!("Sec-WebSocket-Protocol: {}\r\n", subprotocol.as_str()));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            subprotocol.unwrap_or_default()
        );
        stream.write_all(request.as_bytes())?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: TcpStream::from_std(stream),
            kind,
            number,
            answer: Some(Vec::new()),
            frames: Frames::default(),
            data_frames: 0,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.answer.is_none() && self.data_frames >= self.kind.greetings()
    }

    /// How many messages have arrived.
    pub(super) fn messages(&self) -> usize {
        self.data_frames.saturating_sub(self.kind.greetings())
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            is_open: self.is_open(),
            messages: self.messages(),
        }
    }

    /// Reads what is there.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    self.take(&buffer[..length])?;
                    // What comes later is a new event: a call that only says so is saved.
                    if length < buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(answer) = &mut self.answer else {
            return self.take_frames(bytes);
        };
        answer.extend_from_slice(bytes);
        let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
            return Ok(());
        };
        if !answer.starts_with(b"HTTP/1.1 101 ") {
            return Err(io::Error::other(String::from_utf8_lossy(answer)));
        }
        let frames = answer.split_off(end + 4);
        self.answer = None;
        self.take_frames(&frames)
    }

    fn take_frames(&mut self, bytes: &[u8]) -> io::Result<()> {
        let before = self.messages();
        let (mut data_frames, mut pings) = (0, 0);
        let fed = self.frames.feed(bytes, |opcode| {
            match opcode {
                Opcode::Data => data_frames += 1,
                Opcode::Ping => pings += 1,
                Opcode::Close => return ControlFlow::Break(()),
                Opcode::Other => {}
            }
            ControlFlow::Continue(())
        });
        if fed.is_break() {
            return Err(io::Error::other("the server closed a connection"));
        }
        self.data_frames += data_frames;
        for _ in 0..pings {
            self.stream.write_all(&PONG)?;
        }
        if self.kind.acknowledges() {
            self.acknowledge(before)?;
        }
        Ok(())
    }

    /// Acknowledges all that has arrived when it is time, which it was not before so many messages.
    fn acknowledge(&mut self, before: usize) -> io::Result<()> {
        let acks = |messages| (messages + self.number) / ACKNOWLEDGED_AT_ONCE;
        if acks(self.messages()) == acks(before) {
            return Ok(());
        }
        let ack = format!(
            r#"{{"type":"sequenceAck","sequenceId":{}}}"#,
            self.messages()
        );
        // Shorter than 126 bytes; masked with zeros.
        let mut frame = vec![
            0x81,
            0x80 | u8::try_from(ack.len()).unwrap_or_default(),
            0,
            0,
            0,
            0,
        ];
        frame.extend(ack.into_bytes());
        self.stream.write_all(&frame)
    }
}
