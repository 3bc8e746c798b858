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
//! It works from any thread, thread-local destructors included. A call does its work on the calling thread; inside an
//! async runtime, its blocking pool included, on a thread made for each call. There it does not panic, but on a worker of
//! that runtime it blocks the worker: use the async client.

use std::{fmt, panic, sync::Arc, thread};

use tokio::{
    runtime::{Handle, Runtime},
    spawn,
    task::yield_now,
};

use crate::{
    Error, ServiceClient,
    mode::{Mode, sealed::Sealed},
};

/// The blocking client; see [`ServiceClient`] for its methods.
pub type WebPubSubServiceClient = ServiceClient<Blocking>;

/// Calls block the calling thread, and those that wait look after the connections of all. Between calls nobody does: no
/// thread is kept for it. A connection that was ended meanwhile is noticed by the next call, before it is used; unused ones
/// are closed, and HTTP/2's signs of life given, during calls only.
///
/// A layer or a credential that blocks its thread holds up all calls of the client. One that waits for another call of
/// the client waits forever.
#[derive(Clone)]
pub struct Blocking(Arc<Reactor>);

impl Blocking {
    /// Runs a future to its end, from wherever the caller is.
    pub(crate) fn run<T: Send>(
        &self,
        future: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let runtime = self.0.runtime();
        let call = async {
            // Behind the connections in the queue, which so learn first what came in since the last call, such as their end.
            let _ = spawn(yield_now()).await;
            future.await
        };
        match Handle::try_current() {
            Err(error) if error.is_missing_context() => runtime.block_on(call),
            Ok(current) if current.id() == runtime.handle().id() => Err(Error::within_a_call()),
            // Inside another runtime, or while a thread is torn down, `block_on` would panic.
            _ => thread::scope(|scope| {
                let thread = thread::Builder::new().name("webpubsub-blocking".to_owned());
                let call = thread.spawn_scoped(scope, || runtime.block_on(call));
                let outcome = call.map_err(Error::runtime)?.join();
                outcome.unwrap_or_else(|panic| panic::resume_unwind(panic))
            }),
        }
    }
}

impl Mode for Blocking {
    fn start() -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .thread_name("webpubsub-blocking")
            .enable_all()
            .build()
            .map_err(Error::runtime)?;
        Ok(Self(Arc::new(Reactor(Some(runtime)))))
    }
}

impl Sealed for Blocking {}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

/// The runtime; taken out only to be dropped.
struct Reactor(Option<Runtime>);

impl Reactor {
    fn runtime(&self) -> &Runtime {
        self.0
            .as_ref()
            .expect("the runtime is there until it is dropped")
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A plain drop waits for name lookups, which panics inside an async context.
            runtime.shutdown_background();
        }
    }
}
