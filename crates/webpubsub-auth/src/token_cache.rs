//! One token, asked for again in time, by one caller for all.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use futures_util::future::{Either, FutureExt as _, Shared, WeakShared, select};
use http::HeaderValue;

use crate::{BoxFuture, Error};

/// How long before its end a token is replaced, while it still serves: as in the official SDKs.
pub(crate) const EARLY: Duration = Duration::from_secs(5 * 60);

/// How often a token that still serves is tried to be replaced: a request that fails or hangs costs at most one caller
/// in this time.
pub(crate) const REFRESH_PAUSE: Duration = Duration::from_secs(30);

/// How long a caller waits for the successor of a token that still serves.
pub(crate) const REFRESH_PATIENCE: Duration = Duration::from_secs(2);

/// How long an error stands for all callers, so that they do not ask one after the other.
pub(crate) const FAILURE_STANDS: Duration = Duration::from_secs(1);

/// A token as the header that carries it.
#[derive(Clone)]
pub(crate) struct Bearer {
    pub(crate) header: HeaderValue,
    pub(crate) expires_on: SystemTime,
}

type Outcome = Result<Bearer, Error>;
type Flight = Shared<BoxFuture<'static, Outcome>>;

/// Hands out one token, and replaces it before it ends.
///
/// A request for a token is driven by those who wait for it. Should all of them be dropped, so is the request, and the
/// next caller begins anew: nothing is kept half done, which might hold a lock within the credential.
#[derive(Clone)]
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    request: Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    patience: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Bearer>,
    failure: Option<(SystemTime, Error)>,
    /// The request that is under way, as long as somebody waits for it.
    flight: Option<WeakShared<BoxFuture<'static, Outcome>>>,
    /// When a token that still served was last tried to be replaced.
    refreshed: Option<SystemTime>,
}

impl TokenCache {
    /// A cache over what `request` gives, with the time of `clock`. A caller whose token still serves waits for its
    /// successor until `patience` ends.
    pub(crate) fn new(
        request: impl Fn() -> BoxFuture<'static, Outcome> + Send + Sync + 'static,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
        patience: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            request: Box::new(request),
            clock: Box::new(clock),
            patience: Box::new(patience),
            state: Mutex::default(),
        }))
    }

    /// The token: the one at hand, a new one, or the error that all who asked for it share.
    pub(crate) async fn get(&self) -> Result<HeaderValue, Error> {
        match self.begin() {
            Begun::Done(outcome) => outcome,
            Begun::Wait(flight) => flight.await.map(|token| token.header),
            Begun::Refresh(flight, serving) => match select(flight, (self.0.patience)()).await {
                Either::Left((Ok(token), _)) => Ok(token.header),
                // The old token serves on.
                Either::Left((Err(_), _)) | Either::Right(_) => Ok(serving),
            },
        }
    }

    /// Forgets a token that the service refused, unless it was replaced already.
    pub(crate) fn forget(&self, header: &HeaderValue) {
        let mut state = self.0.lock();
        state.token.take_if(|token| token.header == *header);
    }

    fn begin(&self) -> Begun {
        let now = (self.0.clock)();
        let mut state = self.0.lock();
        if let Some(token) = state.token.as_ref().filter(|token| token.expires_on > now) {
            let header = token.header.clone();
            let is_early = token.expires_on > now + EARLY;
            if is_early || within(state.refreshed, now, REFRESH_PAUSE) || state.flight().is_some() {
                return Begun::Done(Ok(header));
            }
            state.refreshed = Some(now);
            return Begun::Refresh(self.take_off(&mut state), header);
        }
        if let Some(flight) = state.flight() {
            return Begun::Wait(flight);
        }
        if let Some((at, error)) = &state.failure
            && within(Some(*at), now, FAILURE_STANDS)
        {
            return Begun::Done(Err(error.clone()));
        }
        Begun::Wait(self.take_off(&mut state))
    }

    /// Begins a request, whose outcome is kept when it ends.
    fn take_off(&self, state: &mut State) -> Flight {
        let (inner, request) = (Arc::clone(&self.0), (self.0.request)());
        let flight = async move {
            let outcome = request.await;
            let now = (inner.clock)();
            let mut state = inner.lock();
            match &outcome {
                Ok(token) => state.token = Some(token.clone()),
                Err(error) => state.failure = Some((now, error.clone())),
            }
            outcome
        };
        let flight = flight.boxed().shared();
        state.flight = flight.downgrade();
        flight
    }
}

/// What a caller does first.
enum Begun {
    Done(Result<HeaderValue, Error>),
    Wait(Flight),
    /// Waits for a new token, and takes the one that still serves if there is none.
    Refresh(Flight, HeaderValue),
}

impl State {
    /// The request under way, if somebody waits for it and it has not ended.
    fn flight(&self) -> Option<Flight> {
        let flight = self.flight.as_ref()?.upgrade()?;
        flight.peek().is_none().then_some(flight)
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `now` is within a time after `begin`; a clock that was set back is not.
fn within(begin: Option<SystemTime>, now: SystemTime, time: Duration) -> bool {
    let since = begin.and_then(|begin| now.duration_since(begin).ok());
    since.is_some_and(|since| since < time)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache")
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        task::Poll,
    };

    use futures_util::future::{join_all, poll_fn};
    use tokio::sync::oneshot;

    use super::*;

    type Answers = Arc<Mutex<Vec<oneshot::Sender<Outcome>>>>;

    /// A cache whose requests are answered by hand, at a time set by hand.
    struct Bench {
        out_of_patience: Arc<AtomicBool>,
        cache: TokenCache,
        requests: Answers,
        asked: Arc<AtomicUsize>,
        now: Arc<AtomicU64>,
    }

    fn time(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
    }

    fn token(text: &'static str, expires_on: u64) -> Bearer {
        Bearer {
            header: HeaderValue::from_static(text),
            expires_on: time(expires_on),
        }
    }

    fn failed() -> Outcome {
        Err(Error::token("refused"))
    }

    impl Bench {
        fn new() -> Self {
            let requests = Answers::default();
            let (asked, now) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
            let request = {
                let (requests, asked) = (Arc::clone(&requests), Arc::clone(&asked));
                move || {
                    let (sender, receiver) = oneshot::channel();
                    requests.lock().unwrap().push(sender);
                    asked.fetch_add(1, Ordering::Relaxed);
                    async move { receiver.await.unwrap_or_else(|_| failed()) }.boxed()
                }
            };
            let clock = {
                let now = Arc::clone(&now);
                move || time(now.load(Ordering::Relaxed))
            };
            let out_of_patience = Arc::<AtomicBool>::default();
            let patience = {
                let is_out = Arc::clone(&out_of_patience);
                move || {
                    let is_out = Arc::clone(&is_out);
                    poll_fn(move |_| {
                        if is_out.load(Ordering::Relaxed) {
                            Poll::Ready(())
                        } else {
                            Poll::Pending
                        }
                    })
                    .boxed()
                }
            };
            Self {
                out_of_patience,
                cache: TokenCache::new(request, clock, patience),
                requests,
                asked,
                now,
            }
        }

        fn at(&self, seconds: u64) {
            self.now.store(seconds, Ordering::Relaxed);
        }

        fn answer(&self, outcome: Outcome) {
            let sender = self.requests.lock().unwrap().pop().expect("it was asked");
            let _ = sender.send(outcome);
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::Relaxed)
        }

        /// What a caller gets at once, as text; `None` when it has to wait.
        fn now(&self) -> Option<String> {
            self.cache.get().now_or_never().map(shown)
        }

        /// A caller that gets its token from this answer.
        fn get(&self, outcome: Outcome) -> String {
            let mut caller = Box::pin(self.cache.get());
            assert!(waits(&mut caller));
            self.answer(outcome);
            shown(caller.now_or_never().unwrap())
        }
    }

    /// Polls a caller; whether it has to wait.
    fn waits(caller: &mut (impl Future + Unpin)) -> bool {
        caller.now_or_never().is_none()
    }

    fn shown(outcome: Result<HeaderValue, Error>) -> String {
        match outcome {
            Ok(header) => header.to_str().unwrap().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_token_serves_until_it_nears_its_end() {
        let bench = Bench::new();
        assert_eq!(bench.get(Ok(token("one", 3600))), "one");
        for seconds in [0, 1, 3299] {
            bench.at(seconds);
            assert_eq!(bench.now().unwrap(), "one");
        }
        assert_eq!(bench.asked(), 1);
    }

    #[test]
    fn many_callers_share_one_request_and_its_outcome() {
        for (outcome, text) in [
            (Ok(token("one", 3600)), "one"),
            (failed(), "invalid token: refused"),
        ] {
            let bench = Bench::new();
            let mut callers = Box::pin(join_all((0..10).map(|_| bench.cache.get())));
            assert!(waits(&mut callers));
            bench.answer(outcome);
            let outcomes = callers.now_or_never().unwrap();
            assert!(outcomes.into_iter().all(|outcome| shown(outcome) == text));
            assert_eq!(bench.asked(), 1);
        }
    }

    #[test]
    fn an_error_stands_for_a_second_and_a_clock_set_back_ends_it() {
        let bench = Bench::new();
        bench.at(100);
        assert_eq!(bench.get(failed()), "invalid token: refused");
        assert_eq!(bench.now().unwrap(), "invalid token: refused");
        assert_eq!(bench.asked(), 1);
        bench.at(101);
        assert_eq!(bench.get(failed()), "invalid token: refused");
        bench.at(50);
        assert_eq!(bench.get(Ok(token("one", 3600))), "one");
        assert_eq!(bench.asked(), 3);
    }

    #[test]
    fn near_its_end_one_caller_replaces_it_while_the_others_go_on() {
        let bench = Bench::new();
        bench.get(Ok(token("one", 3600)));
        bench.at(3300);
        let mut first = Box::pin(bench.cache.get());
        assert!(waits(&mut first));
        assert_eq!(bench.now().unwrap(), "one");
        bench.answer(Ok(token("two", 7200)));
        assert_eq!(shown(first.now_or_never().unwrap()), "two");
        assert_eq!(bench.now().unwrap(), "two");
        assert_eq!(bench.asked(), 2);
    }

    #[test]
    fn a_token_that_could_not_be_replaced_serves_to_its_end() {
        let bench = Bench::new();
        bench.get(Ok(token("one", 3600)));
        for (attempt, seconds) in [3300, 3330, 3599].into_iter().enumerate() {
            bench.at(seconds);
            assert_eq!(bench.get(failed()), "one");
            assert_eq!(bench.now().unwrap(), "one");
            assert_eq!(bench.asked(), attempt + 2);
        }
        bench.at(3600);
        assert_eq!(bench.get(failed()), "invalid token: refused");
    }

    #[test]
    fn a_caller_that_gives_up_leaves_the_request_to_the_others() {
        let bench = Bench::new();
        let mut first = Box::pin(bench.cache.get());
        let mut second = Box::pin(bench.cache.get());
        assert!(waits(&mut first));
        assert!(waits(&mut second));
        drop(first);
        bench.answer(Ok(token("one", 3600)));
        assert_eq!(shown(second.now_or_never().unwrap()), "one");
        assert_eq!(bench.asked(), 1);
    }

    #[test]
    fn when_all_give_up_the_next_begins_anew() {
        let bench = Bench::new();
        for _ in 0..3 {
            let mut caller = Box::pin(bench.cache.get());
            assert!(waits(&mut caller));
        }
        assert_eq!(bench.asked(), 3);
        assert_eq!(bench.get(Ok(token("one", 3600))), "one");
        assert_eq!(bench.now().unwrap(), "one");
    }

    #[test]
    fn a_replacement_that_is_given_up_costs_one_caller_only() {
        let bench = Bench::new();
        bench.get(Ok(token("one", 3600)));
        bench.at(3400);
        assert_eq!(bench.now(), None);
        for seconds in [3400, 3429] {
            bench.at(seconds);
            assert_eq!(bench.now().unwrap(), "one");
        }
        bench.at(3430);
        assert_eq!(bench.get(Ok(token("two", 7200))), "two");
    }

    #[test]
    fn a_replacement_that_hangs_does_not_hold_up_a_caller_whose_token_serves() {
        let bench = Bench::new();
        bench.get(Ok(token("one", 3600)));
        bench.at(3400);
        let mut caller = Box::pin(bench.cache.get());
        assert!(waits(&mut caller));
        bench.out_of_patience.store(true, Ordering::Relaxed);
        assert_eq!(shown(caller.now_or_never().unwrap()), "one");
        bench.at(3600);
        assert_eq!(bench.get(Ok(token("two", 7200))), "two");
    }

    #[test]
    fn a_refused_token_is_forgotten_but_not_its_successor() {
        let bench = Bench::new();
        bench.get(Ok(token("one", 3600)));
        bench.cache.forget(&HeaderValue::from_static("one"));
        assert_eq!(bench.get(Ok(token("two", 3600))), "two");
        bench.cache.forget(&HeaderValue::from_static("one"));
        assert_eq!(bench.now().unwrap(), "two");
    }

    #[test]
    fn a_token_that_has_ended_already_is_given_once_and_asked_for_anew() {
        let bench = Bench::new();
        bench.at(100);
        assert_eq!(bench.get(Ok(token("old", 50))), "old");
        assert_eq!(bench.get(Ok(token("new", 3600))), "new");
    }

    #[test]
    fn callers_dropped_at_any_moment_never_leave_one_hanging() {
        for pattern in 0..64_u32 {
            let bench = Bench::new();
            let mut callers: Vec<_> = (0..6).map(|_| Box::pin(bench.cache.get())).collect();
            for caller in &mut callers {
                assert!(waits(caller));
            }
            let mut index = 0;
            callers.retain(|_| {
                index += 1;
                pattern >> (index - 1) & 1 == 0
            });
            bench.answer(Ok(token("one", 3600)));
            let none_left = callers.is_empty();
            for caller in callers {
                assert_eq!(shown(caller.now_or_never().unwrap()), "one", "{pattern}");
            }
            assert_eq!(bench.now().is_none(), none_left, "{pattern}");
        }
    }
}
