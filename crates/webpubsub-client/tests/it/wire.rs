//! A wire between clients and the emulator that can be cut: at any byte, in either direction.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    select,
    sync::watch,
    task::JoinHandle,
};

/// Passes connections on, until it is dropped.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    strands: Arc<Mutex<Vec<Arc<Strand>>>>,
    task: JoinHandle<()>,
}

/// One connection over the wire.
pub(crate) struct Strand {
    /// How many bytes may still pass, to the service and back.
    left: [AtomicUsize; 2],
    is_cut: watch::Sender<bool>,
}

/// Where bytes go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Direction {
    ToService,
    ToClient,
}

impl Wire {
    /// A wire to this address.
    pub(crate) async fn to(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let strands = Arc::<Mutex<Vec<_>>>::default();
        let known = Arc::clone(&strands);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let strand = Arc::new(Strand::new());
                known.lock().unwrap().push(Arc::clone(&strand));
                let known = Arc::clone(&known);
                tokio::spawn(async move {
                    if let Ok(service) = TcpStream::connect(service).await {
                        strand.pass(client, service).await;
                    }
                    strand.is_cut.send_replace(true);
                    known
                        .lock()
                        .unwrap()
                        .retain(|other| !Arc::ptr_eq(other, &strand));
                });
            }
        });
        Self {
            address,
            strands,
            task,
        }
    }

    /// The connections that are there now.
    pub(crate) fn strands(&self) -> Vec<Arc<Strand>> {
        self.strands.lock().unwrap().clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
        for strand in self.strands() {
            strand.is_cut.send_replace(true);
        }
    }
}

impl Strand {
    fn new() -> Self {
        Self {
            left: [const { AtomicUsize::new(usize::MAX) }; 2],
            is_cut: watch::Sender::new(false),
        }
    }

    /// Cuts the connection after so many more bytes in a direction, and waits until it is cut, for that reason or another.
    pub(crate) async fn cut(&self, direction: Direction, after: usize) {
        self.left[direction as usize].store(after, Ordering::SeqCst);
        if after == 0 {
            self.is_cut.send_replace(true);
        }
        let mut is_cut = self.is_cut.subscribe();
        is_cut.wait_for(|is_cut| *is_cut).await.unwrap();
    }

    async fn pass(&self, client: TcpStream, service: TcpStream) {
        for stream in [&client, &service] {
            stream.set_nodelay(true).unwrap();
        }
        let (from_client, to_client) = client.into_split();
        let (from_service, to_service) = service.into_split();
        let mut is_cut = self.is_cut.subscribe();
        // What is dropped with unread bytes resets its peer; else the peer sees the end of the stream.
        select! {
            () = self.copy(Direction::ToService, from_client, to_service) => {}
            () = self.copy(Direction::ToClient, from_service, to_client) => {}
            _ = is_cut.wait_for(|is_cut| *is_cut) => {}
        }
    }

    async fn copy(&self, direction: Direction, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let left = &self.left[direction as usize];
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            let may_pass = read.min(left.load(Ordering::SeqCst));
            if to.write_all(&buffer[..may_pass]).await.is_err() || may_pass < read {
                return;
            }
            let spend = |left: usize| (left != usize::MAX).then(|| left.saturating_sub(read));
            // It fails when the connection is not to be cut.
            let _ = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend);
        }
    }
}
