//! The blocking client: the same methods, for programs without async.
//!
//! ```no_run
//! use webpubsub::{Message, blocking::WebPubSubServiceClient};
//!
//! # let connection_string = "";
//! let client = WebPubSubServiceClient::from_connection_string(connection_string, "chat")?;
//! client.send_to_group("room", Message::text("hello")).excluded(["connection-1"]).send()?;
//! # Ok::<(), webpubsub::Error>(())
//! ```
//!
//! It works from any thread, thread-local destructors included. Called inside an async runtime it does not panic, but it blocks that runtime's worker:
//! use the async client there.

use std::{fmt, sync::Arc, sync::mpsc};

use tokio::runtime::{Handle, Runtime};

use crate::{
    Error, ServiceClient,
    mode::{Mode, sealed::Sealed},
};

/// The blocking client; see [`ServiceClient`] for its methods.
pub type WebPubSubServiceClient = ServiceClient<Blocking>;

/// Calls block the calling thread; one background thread keeps the connections alive between them.
#[derive(Clone)]
pub struct Blocking(Arc<Background>);

impl Blocking {
    /// Runs a future to its end, from wherever the caller is.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let runtime = self.0.runtime();
        // Inside another runtime, or while a thread is torn down, `block_on` would panic: then the background thread
        // does the work.
        if Handle::try_current().is_err_and(|error| error.is_missing_context()) {
            return runtime.block_on(future);
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let _ = sender.send(future.await);
        });
        receiver
            .recv()
            .unwrap_or_else(|_| Err(Error::runtime_gone()))
    }
}

impl Mode for Blocking {
    fn start() -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("webpubsub-blocking")
            .enable_all()
            .build()
            .map_err(Error::runtime)?;
        Ok(Self(Arc::new(Background(Some(runtime)))))
    }
}

impl Sealed for Blocking {}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

/// The runtime; taken out only to be dropped.
struct Background(Option<Runtime>);

impl Background {
    fn runtime(&self) -> &Runtime {
        self.0
            .as_ref()
            .expect("the runtime is there until it is dropped")
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A plain drop waits for the worker, which panics inside an async context.
            runtime.shutdown_background();
        }
    }
}
