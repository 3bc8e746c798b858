use std::{fmt, pin::Pin, time::Duration};

use webpubsub_protocol::{
    ConnectionId, GroupName,
    operation::{
        Filter, MessageTtl, Operation, WithExcluded, WithFilter, WithMessageTtl, WithReason,
        WithResponse, WithTargetName,
    },
};
use webpubsub_transport::CallOptions;

use crate::{Argument, Async, Error, ServiceClient};

pub(crate) type Checked<O> = Result<O, webpubsub_protocol::Error>;

/// One call of an operation, with its options; nothing is sent before it is awaited (blocking: before `send`).
///
/// The first value that breaks a rule is the call's error.
///
/// It is no future itself but turns into one: where one is asked for, as by `tokio::spawn` or `join_all`, give it
/// `into_future()`.
///
/// ```
/// # use webpubsub::{Error, Message, WebPubSubServiceClient};
/// # async fn example(client: WebPubSubServiceClient) -> Result<(), Error> {
/// use futures_util::future::try_join_all;
///
/// let users = ["ann", "bob"];
/// let sends = users.map(|user| client.send_to_user(user, Message::text("hi")).into_future());
/// try_join_all(sends).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is not sent until it is awaited, or, blocking, until `send`"]
pub struct Call<M, O> {
    client: ServiceClient<M>,
    operation: Checked<O>,
    options: CallOptions,
}

impl<M: Clone, O> Call<M, O> {
    pub(crate) fn new(client: &ServiceClient<M>, operation: Checked<O>) -> Self {
        Self {
            client: client.clone(),
            operation,
            options: CallOptions::new(),
        }
    }
}

impl<M, O> Call<M, O> {
    fn set<V>(self, value: impl Argument<V>, set: impl FnOnce(O, V) -> O) -> Self {
        let operation = self
            .operation
            .and_then(|operation| Ok(set(operation, value.check()?)));
        Self { operation, ..self }
    }

    /// Timeouts, retry and logging of this call, in place of the client's and of what was set on the call before. The
    /// methods below set one of them each.
    pub fn options(self, options: CallOptions) -> Self {
        Self { options, ..self }
    }

    /// How long the call may take, with all its attempts and the waits between them.
    pub fn timeout(self, timeout: Duration) -> Self {
        let options = self.options.overall_timeout(timeout);
        Self { options, ..self }
    }

    /// How many repeats may follow the first attempt; 0 means that nothing is repeated, but for a request that was refused
    /// with 401 when there is another token: see [`AuthLayer`](crate::transport::AuthLayer).
    pub fn max_retries(self, retries: u32) -> Self {
        let options = self.options.max_retries(retries);
        Self { options, ..self }
    }

    /// Repeats the call even when it may have been processed: a message can then arrive twice.
    pub fn at_least_once(self) -> Self {
        let options = self.options.at_least_once(true);
        Self { options, ..self }
    }

    /// Whether request and response details are logged, at level `debug` on target `webpubsub::http`; never a token and
    /// never a payload.
    pub fn logging(self, logging: bool) -> Self {
        let options = self.options.logging(logging);
        Self { options, ..self }
    }

    /// Gives the answer's status and headers beside the output: `http::Response<Output>`. Options of the operation are
    /// set before this.
    pub fn with_response(self) -> Call<M, WithResponse<O>> {
        Call {
            client: self.client,
            operation: self.operation.map(WithResponse),
            options: self.options,
        }
    }
}

impl<M, O: WithExcluded> Call<M, O> {
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

impl<M, O: WithFilter> Call<M, O> {
    /// Reaches only the connections this filter selects.
    pub fn filter(self, filter: impl Into<Filter>) -> Self {
        self.set::<Filter>(filter.into(), O::filter)
    }
}

impl<M, O: WithMessageTtl> Call<M, O> {
    /// Drops the message for a client that has not consumed it in this time: whole seconds, up to 300; 0 (and no
    /// such option) means that it never expires.
    pub fn message_ttl(self, ttl: Duration) -> Self {
        self.set::<MessageTtl>(ttl, O::message_ttl)
    }
}

impl<M, O: WithReason> Call<M, O> {
    /// Tells the closed clients why.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.set::<String>(reason.into(), O::reason)
    }
}

impl<M, O: WithTargetName> Call<M, O> {
    /// Names what the permission is for: for all known permissions a group.
    pub fn target_name(self, group: impl Argument<GroupName>) -> Self {
        self.set(group, O::target_name)
    }
}

impl<O> IntoFuture for Call<Async, O>
where
    O: Operation + Send + Sync + 'static,
    O::Output: Send,
{
    type Output = Result<O::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.client.core().send(self.operation, self.options))
    }
}

#[cfg(feature = "blocking")]
impl<O> Call<crate::blocking::Blocking, O>
where
    O: Operation + Send + Sync + 'static,
    O::Output: Send + 'static,
{
    /// Sends the call and waits for the answer: in the default stack at most for its overall timeout, in layers and
    /// stacks of your own as long as they take.
    pub fn send(self) -> Result<O::Output, Error> {
        let answer = self.client.core().send(self.operation, self.options);
        self.client.mode().run(answer)
    }
}

// Not derived: an operation can hold user data, a client a key.
impl<M, O: Operation> fmt::Debug for Call<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &O::NAME)
            .finish_non_exhaustive()
    }
}
