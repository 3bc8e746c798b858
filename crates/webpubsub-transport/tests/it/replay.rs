use std::{
    iter,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, header::AUTHORIZATION, request::Parts};
use tower::{Layer as _, ServiceBuilder, limit::ConcurrencyLimitLayer};
use webpubsub_auth::{AccessKey, AccessKeys, Authorizer, BoxFuture, Error, KeyAuthorizer};
use webpubsub_transport::{
    AuthLayer, ErrorKind, HttpService, RetryConfig, RetryLayer, TimeoutLayer,
};

use crate::support::{answer, ask, outcome, scripted, send};

/// Numbers its tokens, and has so many others once one is rejected.
struct Numbered {
    given: AtomicU32,
    others: AtomicU32,
}

impl Numbered {
    fn with(others: u32) -> Arc<Self> {
        Arc::new(Self {
            given: AtomicU32::new(0),
            others: AtomicU32::new(others),
        })
    }
}

impl Authorizer for Numbered {
    fn authorize<'a>(&'a self, _: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let header = HeaderValue::try_from(format!("Bearer {number}")).unwrap();
        Box::pin(std::future::ready(Ok(header)))
    }

    fn rejected(&self, header: &HeaderValue) -> bool {
        assert!(header.to_str().unwrap().starts_with("Bearer "));
        let others = &self.others;
        let take = |left: u32| left.checked_sub(1);
        others
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

fn stack(service: HttpService, authorizer: Arc<dyn Authorizer>) -> HttpService {
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(&RetryConfig::default()).unwrap())
        .layer(AuthLayer::new(authorizer))
        // Whose places must be given back before the second request.
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service);
    webpubsub_transport::boxed(service)
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once_also_for_a_send() {
    let (service, seen) = scripted([answer(401, &[]), answer(202, &[])]);
    let stack = stack(service, Numbered::with(9));
    let (result, attempts) = outcome(stack, send("https://example.com")).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (202, 2));

    let seen = seen.lock().unwrap();
    let tokens: Vec<_> = seen
        .iter()
        .map(|request| &request.headers()[AUTHORIZATION])
        .collect();
    assert_eq!(tokens, ["Bearer 0", "Bearer 1"]);
    assert!(tokens.iter().all(|token| token.is_sensitive()));
    assert_eq!(seen[0].body(), seen[1].body());
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    for (others, attempts) in [(0, 1), (1, 2), (9, 2)] {
        let (service, seen) = scripted(iter::repeat_with(|| answer(401, &[])).take(9));
        let stack = stack(service, Numbered::with(others));
        let (result, count) = outcome(stack, ask("https://example.com")).await;
        assert_eq!((result.unwrap().status().as_u16(), count), (401, attempts));
        assert_eq!(seen.lock().unwrap().len(), attempts as usize);
    }
}

#[tokio::test]
async fn only_a_401_rejects_a_token() {
    for status in [202, 400, 403, 404, 407] {
        let (service, _) = scripted([answer(status, &[])]);
        let authorizer = Numbered::with(9);
        let stack = stack(service, authorizer.clone());
        let (result, count) = outcome(stack, send("https://example.com")).await;
        assert_eq!((result.unwrap().status().as_u16(), count), (status, 1));
        assert_eq!(authorizer.others.load(Ordering::Relaxed), 9);
    }
}

#[tokio::test]
async fn an_authorizer_that_says_nothing_of_it_has_no_other_token() {
    /// An authorizer with the one method that it must have.
    struct Plain;
    impl Authorizer for Plain {
        fn authorize<'a>(&'a self, _: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
            Box::pin(std::future::ready(Ok(HeaderValue::from_static("Bearer x"))))
        }
    }
    let (service, _) = scripted([answer(401, &[])]);
    let service = AuthLayer::new(Arc::new(Plain)).layer(service);
    let (result, _) = outcome(service, send("https://example.com")).await;
    assert_eq!(result.unwrap().status(), 401);
}

#[tokio::test]
async fn what_follows_the_replay_is_repeated_as_ever() {
    let answers = [401, 429, 401, 202].map(|status| answer(status, &[("retry-after-ms", "0")]));
    let (service, _) = scripted(answers);
    let stack = stack(service, Numbered::with(9));
    let (result, attempts) = outcome(stack, send("https://example.com")).await;
    assert_eq!((result.unwrap().status().as_u16(), attempts), (202, 4));
}

#[tokio::test]
async fn of_a_pair_of_keys_the_first_is_used_again_when_the_other_is_refused_too() {
    let keys = ["good", "dead"].map(|key| AccessKey::new(key).unwrap());
    let [good, dead] = keys;
    let pair = AccessKeys::new(good, dead);
    let (service, seen) = scripted([answer(401, &[]), answer(401, &[])]);
    let service = AuthLayer::new(Arc::new(KeyAuthorizer::new(pair.clone()))).layer(service);
    let (result, _) = outcome(service, send("https://example.com")).await;
    assert_eq!(result.unwrap().status(), 401);
    assert_eq!(seen.lock().unwrap().len(), 2);
    assert_eq!(pair.in_use().expose_secret(), "good");
}

#[tokio::test]
async fn the_same_token_is_not_sent_again() {
    /// An authorizer that promises another token, and has none.
    struct Stubborn;
    impl Authorizer for Stubborn {
        fn authorize<'a>(&'a self, _: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
            Box::pin(std::future::ready(Ok(HeaderValue::from_static("Bearer x"))))
        }
        fn rejected(&self, _: &HeaderValue) -> bool {
            true
        }
    }
    let (service, seen) = scripted([answer(401, &[])]);
    let service = AuthLayer::new(Arc::new(Stubborn)).layer(service);
    let (result, _) = outcome(service, send("https://example.com")).await;
    assert_eq!(result.unwrap().status(), 401);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_hangs_is_an_error_of_authorization() {
    /// An authorizer that never has a token.
    struct Hanging;
    impl Authorizer for Hanging {
        fn authorize<'a>(&'a self, _: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
            Box::pin(std::future::pending())
        }
    }
    let limit = Duration::from_secs(5);
    for (layer, setting) in [
        (
            TimeoutLayer::attempt(limit),
            "attempt_timeout of 5s ran out",
        ),
        (
            TimeoutLayer::overall(limit),
            "overall_timeout of 5s ran out",
        ),
    ] {
        let (service, seen) = scripted([]);
        let service = ServiceBuilder::new()
            .layer(RetryLayer::new(&RetryConfig::default()).unwrap())
            .layer(layer)
            .layer(AuthLayer::new(Arc::new(Hanging)))
            .service(service);
        let (result, attempts) = outcome(service, send("https://example.com")).await;
        let error = result.unwrap_err();
        let error = error.downcast_ref::<webpubsub_transport::Error>().unwrap();
        assert_eq!((error.kind(), attempts), (ErrorKind::Auth, 1));
        assert_eq!(
            std::error::Error::source(error).unwrap().to_string(),
            setting
        );
        assert!(seen.lock().unwrap().is_empty());
    }
}
