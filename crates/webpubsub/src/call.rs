use std::{fmt, pin::Pin, time::Duration};

use webpubsub_protocol::{
    ConnectionId,
    operation::{
        Filter, MessageTtl, Operation, WithExcluded, WithFilter, WithMessageTtl, WithReason,
    },
};

use crate::{Argument, Async, Error, ServiceClient};

type CheckedOperation<O> = Result<O, webpubsub_protocol::Error>;

/// One call of an operation, with its options; nothing is sent before it is awaited (blocking: before `send`).
///
/// The first value that breaks a rule is the call's error.
#[must_use = "a call is not sent until it is awaited, or, blocking, until `send`"]
pub struct Call<'c, M, O> {
    client: &'c ServiceClient<M>,
    operation: CheckedOperation<O>,
}

impl<'c, M, O> Call<'c, M, O> {
    pub(crate) fn new(client: &'c ServiceClient<M>, operation: CheckedOperation<O>) -> Self {
        Self { client, operation }
    }

    fn set<V>(self, value: impl Argument<V>, set: impl FnOnce(O, V) -> O) -> Self {
        let operation = self
            .operation
            .and_then(|operation| Ok(set(operation, value.check()?)));
        Self { operation, ..self }
    }
}

impl<M, O: WithExcluded> Call<'_, M, O> {
    /// Skips these connections, besides those skipped already.
    pub fn excluded<C: Argument<ConnectionId>>(
        self,
        connections: impl IntoIterator<Item = C>,
    ) -> Self {
        connections.into_iter().fold(self, |call, connection| {
            call.set(connection, |operation, id| operation.excluded([id]))
        })
    }
}

impl<M, O: WithFilter> Call<'_, M, O> {
    /// Reaches only the connections this filter selects.
    pub fn filter(self, filter: Filter) -> Self {
        self.set(filter, O::filter)
    }
}

impl<M, O: WithMessageTtl> Call<'_, M, O> {
    /// Drops the message for a client that has not consumed it in this time: whole seconds, up to 300; 0 (and no
    /// such option) means that it never expires.
    pub fn message_ttl(self, ttl: Duration) -> Self {
        self.set::<MessageTtl>(ttl, O::message_ttl)
    }
}

impl<M, O: WithReason> Call<'_, M, O> {
    /// Tells the closed clients why.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.set::<String>(reason.into(), O::reason)
    }
}

impl<'c, O> IntoFuture for Call<'c, Async, O>
where
    O: Operation + Send + Sync + 'c,
    O::Output: Send,
{
    type Output = Result<O::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        let client = self.client;
        Box::pin(async move { client.core().send(self.operation).await })
    }
}

#[cfg(feature = "blocking")]
impl<O> Call<'_, crate::blocking::Blocking, O>
where
    O: Operation + Send + Sync + 'static,
    O::Output: Send + 'static,
{
    /// Sends the call and waits for the answer: in the default stack at most for its overall timeout, in layers and
    /// stacks of your own as long as they take.
    pub fn send(self) -> Result<O::Output, Error> {
        let (core, operation) = (self.client.core().clone(), self.operation);
        self.client
            .mode()
            .run(async move { core.send(operation).await })
    }
}

// Not derived: an operation can hold user data, a client a key.
impl<M, O: Operation> fmt::Debug for Call<'_, M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &O::NAME)
            .finish_non_exhaustive()
    }
}
