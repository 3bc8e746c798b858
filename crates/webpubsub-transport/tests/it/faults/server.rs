use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::{JoinHandle, JoinSet},
};

use super::fault::{End, Fault, Read};

/// A server on loopback that asks its script what to do with each request.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Box<dyn FnMut() -> Fault + Send>>,
    received: Mutex<Vec<Received>>,
    closed: Notify,
    hanging: Notify,
}

/// A request that came whole.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) request_id: String,
    pub(super) rejected: bool,
}

impl Server {
    pub(super) async fn start(script: impl FnMut() -> Fault + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shared = Arc::new(Shared {
            script: Mutex::new(Box::new(script)),
            received: Mutex::default(),
            closed: Notify::new(),
            hanging: Notify::new(),
        });
        let (stop, stopped) = oneshot::channel();
        Self {
            address: listener.local_addr().unwrap(),
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared), stopped)),
            shared,
            stop,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the client, too, has closed a connection that the server closed.
    pub(super) async fn connection_closed(&self) {
        self.shared.closed.notified().await;
    }

    /// Waits until a client waits in vain.
    pub(super) async fn hanging(&self) {
        self.shared.hanging.notified().await;
    }

    /// What was received, once the client has let go of all its connections.
    pub(super) async fn finish(self) -> Vec<Received> {
        drop(self.stop);
        self.accepting.await.unwrap();
        std::mem::take(&mut self.shared.received.lock().unwrap())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, shared) = (accepted.unwrap().0, Arc::clone(&shared));
                // A client that goes away is no failure here.
                connections.spawn(async move { shared.serve(stream).await.unwrap_or_default() });
            }
            _ = &mut stopped => break,
        }
    }
    connections.join_all().await;
}

impl Shared {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        // Its turn begins with the first byte of a request.
        while stream.peek(&mut [0]).await? > 0 {
            let fault = (self.script.lock().unwrap())();
            match fault.read {
                Read::Nothing => {}
                Read::Some => drop(stream.read_exact(&mut [0; 10]).await?),
                Read::Whole => {
                    let request_id = read_request(&mut stream).await?;
                    let rejected = fault.rejects;
                    let received = Received {
                        request_id,
                        rejected,
                    };
                    self.received.lock().unwrap().push(received);
                }
            }
            stream.write_all(&fault.write).await?;
            match fault.end {
                End::Keep => continue,
                End::Reset => stream.set_zero_linger()?,
                End::Hang => {
                    self.hanging.notify_one();
                    drain(&mut stream).await?;
                }
                End::Close => {
                    stream.shutdown().await?;
                    drain(&mut stream).await?;
                    self.closed.notify_one();
                }
            }
            break;
        }
        Ok(())
    }
}

/// Reads a request to its end, which is that of all the client has sent; gives its id.
async fn read_request(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = BytesMut::with_capacity(4096);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let line = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
            line.map(|(_, value)| value)
        };
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() == length {
            return Ok(header("x-ms-client-request-id")
                .unwrap_or_default()
                .to_owned());
        }
    }
}

/// Reads up to where the client closes.
async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    tokio::io::copy(stream, &mut tokio::io::sink()).await?;
    Ok(())
}
