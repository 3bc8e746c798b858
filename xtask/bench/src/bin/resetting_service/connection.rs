use std::{io, sync::Arc};

use fastrand::Rng;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{request, shared::Shared};

/// Of so many requests one meets a reset.
const ONE_OF: u32 = 100;

const ANSWER: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-length: 6\r\n\r\nqueued";

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Idle,
    Unread,
    Unanswered,
    /// After so many bytes of the answer.
    Answering(usize),
}

impl Moment {
    fn draw(random: &mut Rng) -> Option<Self> {
        if random.u32(..ONE_OF) > 0 {
            return None;
        }
        Some(match random.u32(..4) {
            0 => Self::Idle,
            1 => Self::Unread,
            2 => Self::Unanswered,
            _ => Self::Answering(random.usize(1..ANSWER.len())),
        })
    }
}

/// A client's connection.
pub(crate) struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    random: Rng,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, shared: Arc<Shared>, random: Rng) -> Self {
        Self {
            stream,
            shared,
            random,
        }
    }

    /// Answers requests, up to a reset or until the client leaves.
    pub(crate) async fn serve(mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(4096);
        loop {
            let reset = Moment::draw(&mut self.random);
            if reset == Some(Moment::Idle) {
                self.shared.count(|moments| &mut moments.idle);
                return self.stream.set_zero_linger();
            }
            // Its turn begins with the first byte of a request.
            if self.stream.peek(&mut [0]).await? == 0 {
                return Ok(());
            }
            if reset == Some(Moment::Unread) {
                self.shared.count(|moments| &mut moments.unread);
                return self.stream.set_zero_linger();
            }
            let number = request::read(&mut self.stream, &mut bytes).await;
            let number = number.inspect_err(|error| {
                if error.kind() == io::ErrorKind::InvalidData {
                    self.shared.malformed();
                }
            })?;
            self.shared.process(number);
            match reset {
                Some(Moment::Unanswered) => {
                    self.shared.count(|moments| &mut moments.unanswered);
                    return self.stream.set_zero_linger();
                }
                Some(Moment::Answering(bytes)) => {
                    self.shared.count(|moments| &mut moments.answering);
                    self.stream.write_all(&ANSWER[..bytes]).await?;
                    return self.stream.set_zero_linger();
                }
                _ => self.stream.write_all(ANSWER).await?,
            }
        }
    }
}
