use std::{fmt, io};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncWriteExt as _, WriteHalf},
    net::tcp::OwnedWriteHalf,
};

/// Writes to a client's socket. There is one for each socket, and whoever holds it writes: so frames are whole and in order.
pub(crate) struct Pen {
    half: Half,
    /// What the socket has not taken yet of a frame that was begun; it goes before the next.
    rest: Bytes,
}

enum Half {
    Bare(OwnedWriteHalf),
    /// With TLS.
    Other(WriteHalf<TokioIo<Upgraded>>),
}

impl Pen {
    /// For a socket without TLS.
    pub(crate) fn bare(half: OwnedWriteHalf) -> Self {
        Self::new(Half::Bare(half))
    }

    /// For one with TLS.
    pub(super) fn other(half: WriteHalf<TokioIo<Upgraded>>) -> Self {
        Self::new(Half::Other(half))
    }

    fn new(half: Half) -> Self {
        Self {
            half,
            rest: Bytes::new(),
        }
    }

    /// Whether it can write without a wait.
    pub(crate) fn can_try(&self) -> bool {
        matches!(self.half, Half::Bare(_))
    }

    /// Whether no frame is begun.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.rest.is_empty()
    }

    /// Begins a frame when none is, and writes what the socket takes now; false if something is left, also because the
    /// client is gone: [`finish`](Self::finish) tells.
    pub(crate) fn try_write(&mut self, frame: &Bytes) -> bool {
        let written = match &self.half {
            Half::Bare(half) => half.try_write(frame).unwrap_or_default(),
            Half::Other(_) => 0,
        };
        if written < frame.len() {
            self.rest = frame.slice(written..);
        }
        self.is_at_rest()
    }

    /// Writes a frame; an error means that the client is gone. When the wait is dropped, what is left is the rest.
    pub(crate) async fn write(&mut self, frame: Bytes) -> io::Result<()> {
        self.finish().await?;
        self.rest = frame;
        self.finish().await
    }

    /// Writes the rest.
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        match &mut self.half {
            Half::Bare(half) => half.write_all_buf(&mut self.rest).await?,
            Half::Other(half) => {
                half.write_all_buf(&mut self.rest).await?;
                half.flush().await?;
            }
        }
        // What was written is not kept in memory.
        self.rest = Bytes::new();
        Ok(())
    }

    /// Tells the client that nothing more will come.
    pub(super) async fn shutdown(&mut self) -> io::Result<()> {
        match &mut self.half {
            Half::Bare(half) => half.shutdown().await,
            Half::Other(half) => half.shutdown().await,
        }
    }
}

impl fmt::Debug for Pen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pen").finish_non_exhaustive()
    }
}
