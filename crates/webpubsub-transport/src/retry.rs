use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{Method, Request, Response, StatusCode};
use tokio::time::sleep;
use tower::{
    Layer,
    retry::{
        Policy, Retry,
        budget::{Budget as _, TpsBudget},
    },
};
use webpubsub_auth::BoxFuture;
use webpubsub_protocol::operation::OperationInfo;

use crate::{
    Attempts, Body, BoxError, CallOptions, CountAttempts, Error, ErrorKind, RetryConfig,
    retry_after,
};

/// Repeats an attempt where [`RetryConfig`] and the call's [`CallOptions`] allow it. Clones share the retry budget.
#[derive(Debug, Clone)]
pub struct RetryLayer(RetryPolicy);

impl RetryLayer {
    /// Fails when the budget is not from 0 to 1000.
    pub fn new(config: &RetryConfig) -> Result<Self, Error> {
        RetryPolicy::new(config).map(Self)
    }
}

impl<S> Layer<S> for RetryLayer {
    type Service = Retry<RetryPolicy, CountAttempts<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        Retry::new(self.0.clone(), CountAttempts::new(inner))
    }
}

/// When an attempt is repeated, and after what wait; a clone of it follows each operation.
#[derive(Clone)]
pub struct RetryPolicy {
    config: RetryConfig,
    budget: Arc<TpsBudget>,
    retries: u32,
}

impl RetryPolicy {
    /// How long the budget remembers, and how many repeats a second it grants besides its share.
    const BUDGET_WINDOW: Duration = Duration::from_secs(10);
    const FREE_RETRIES_PER_SECOND: u32 = 10;

    fn new(config: &RetryConfig) -> Result<Self, Error> {
        if !(0.0..=1000.0).contains(&config.budget) {
            return Err(Error::config("`retry.budget` must be from 0 to 1000"));
        }
        let budget = TpsBudget::new(
            Self::BUDGET_WINDOW,
            Self::FREE_RETRIES_PER_SECOND,
            config.budget,
        );
        Ok(Self {
            config: config.clone(),
            budget: Arc::new(budget),
            retries: 0,
        })
    }

    /// The wait before the next attempt, if there is to be one.
    fn next_delay(
        &self,
        request: &Request<Body>,
        outcome: &Result<Response<Body>, BoxError>,
    ) -> Option<Duration> {
        let (config, call) = (&self.config, request.extensions());
        let max_retries = CallOptions::choose(call, |call| call.max_retries, config.max_retries);
        let at_least_once =
            CallOptions::choose(call, |call| call.at_least_once, config.at_least_once);
        let may_repeat = match verdict(outcome) {
            Verdict::Final => false,
            Verdict::NotProcessed => true,
            Verdict::MaybeProcessed => at_least_once || repeat_does_no_harm(request),
        };
        if !may_repeat || self.retries >= max_retries {
            return None;
        }
        let asked = outcome
            .as_ref()
            .ok()
            .and_then(|response| retry_after(response.headers(), SystemTime::now()))
            .unwrap_or_default();
        let delay = self.backoff().max(asked);
        if asked > config.max_server_delay || !Attempts::allow_wait(call, delay) {
            return None;
        }
        // Asked last: it takes a repeat out of the budget.
        self.budget.withdraw().then_some(delay)
    }

    fn backoff(&self) -> Duration {
        let doubled = self
            .config
            .base_delay
            .saturating_mul(1 << self.retries.min(20));
        let full = doubled.min(self.config.max_delay);
        // From half of it to all of it, so that clients that failed together do not come back together.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        let half = full / 2;
        half.saturating_add(half.mul_f64(f64::from(random) / f64::from(u32::MAX)))
    }
}

impl Policy<Request<Body>, Response<Body>, BoxError> for RetryPolicy {
    type Future = BoxFuture<'static, ()>;

    fn retry(
        &mut self,
        request: &mut Request<Body>,
        outcome: &mut Result<Response<Body>, BoxError>,
    ) -> Option<Self::Future> {
        let Some(delay) = self.next_delay(request, outcome) else {
            if matches!(verdict(outcome), Verdict::Final) {
                self.budget.deposit();
            }
            return None;
        };
        self.retries += 1;
        Some(Box::pin(sleep(delay)))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        Some(request.clone())
    }
}

/// What an outcome says about the attempt.
enum Verdict {
    /// An answer, or an error that a repeat would meet again.
    Final,
    /// The service certainly did nothing.
    NotProcessed,
    /// The service may have acted.
    MaybeProcessed,
}

fn verdict(outcome: &Result<Response<Body>, BoxError>) -> Verdict {
    match outcome {
        Ok(response) => match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Verdict::NotProcessed,
            StatusCode::SERVICE_UNAVAILABLE
                if retry_after(response.headers(), SystemTime::now()).is_some() =>
            {
                Verdict::NotProcessed
            }
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Verdict::MaybeProcessed,
            _ => Verdict::Final,
        },
        Err(error) => match error.downcast_ref().map(Error::kind) {
            Some(ErrorKind::Connect) => Verdict::NotProcessed,
            Some(ErrorKind::Timeout | ErrorKind::Io) => Verdict::MaybeProcessed,
            _ => Verdict::Final,
        },
    }
}

/// As the operation says; a request of another origin is judged by its method.
fn repeat_does_no_harm(request: &Request<Body>) -> bool {
    match request.extensions().get::<OperationInfo>() {
        Some(operation) => operation.idempotency.allows_repeat(),
        None => {
            request.method().is_safe() || [Method::PUT, Method::DELETE].contains(request.method())
        }
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("config", &self.config)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
