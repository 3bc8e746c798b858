use std::time::Duration;

use http::{Request, Response};
use tokio::time::Instant;
use tower::Layer as _;
use webpubsub_transport::{Body, BoxError, CallOptions, RetryConfig, RetryLayer, TimeoutLayer};

use crate::support::{answer, ask, outcome, scripted, send};

fn with(mut request: Request<Body>, set: impl FnOnce(&mut CallOptions)) -> Request<Body> {
    let mut options = CallOptions::default();
    set(&mut options);
    request.extensions_mut().insert(options);
    request
}

#[tokio::test(start_paused = true)]
async fn a_call_sets_its_own_timeouts() {
    let never =
        || tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
    let service = || {
        let service = TimeoutLayer::attempt(Duration::from_secs(5)).layer(never());
        TimeoutLayer::overall(Duration::from_secs(9)).layer(service)
    };
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let table = [
        (None, None, 5, "attempt_timeout of 5s ran out"),
        (seconds(2), None, 2, "attempt_timeout of 2s ran out"),
        (None, seconds(3), 3, "overall_timeout of 3s ran out"),
        (seconds(100), None, 9, "overall_timeout of 9s ran out"),
        (
            seconds(100),
            seconds(50),
            50,
            "overall_timeout of 50s ran out",
        ),
        (
            Some(Duration::MAX),
            Some(Duration::ZERO),
            0,
            "overall_timeout of 0ns ran out",
        ),
    ];
    for (attempt, overall, expected, text) in table {
        let request = with(send("https://example.com"), |options| {
            options.attempt_timeout = attempt;
            options.overall_timeout = overall;
        });
        let begun = Instant::now();
        let (result, _) = outcome(service(), request).await;
        assert_eq!(result.unwrap_err().to_string(), text);
        assert_eq!(begun.elapsed().as_secs(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_sets_its_own_repeats() {
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    for (retries, expected) in [(None, 4), (Some(0), 1), (Some(1), 2), (Some(6), 7)] {
        let (service, _) = scripted((0..9).map(|_| answer(500, &[])));
        let request = with(ask("https://example.com"), |options| {
            options.max_retries = retries;
        });
        assert_eq!(outcome(layer.layer(service), request).await.1, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_chooses_at_least_once_for_itself() {
    for (configured, chosen, expected) in [
        (false, None, 1),
        (false, Some(true), 4),
        (true, None, 4),
        (true, Some(false), 1),
    ] {
        let mut config = RetryConfig::default();
        config.at_least_once = configured;
        let (service, _) = scripted((0..4).map(|_| answer(500, &[])));
        let service = RetryLayer::new(&config).unwrap().layer(service);
        let request = with(send("https://example.com"), |options| {
            options.at_least_once = chosen;
        });
        assert_eq!(outcome(service, request).await.1, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_with_their_own_number_of_repeats_share_the_budget() {
    let mut config = RetryConfig::default();
    config.budget = 0.0;
    config.base_delay = Duration::ZERO;
    let layer = RetryLayer::new(&config).unwrap();
    let mut repeats = 0;
    for _ in 0..3 {
        let (service, _) = scripted((0..2000).map(|_| answer(429, &[])));
        let request = with(send("https://example.com"), |options| {
            options.max_retries = Some(60);
        });
        repeats += outcome(layer.layer(service), request).await.1 - 1;
    }
    // Ten a second over ten seconds are free; in no time, there are no more.
    assert_eq!(repeats, 100);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_within_the_overall_timeout_is_cut_short_by_it() {
    let (first, last) = (answer(429, &[("retry-after", "1")]), answer(202, &[]));
    let (service, _) = scripted([first, last]);
    let service = tower::ServiceBuilder::new()
        .layer(TimeoutLayer::overall(Duration::from_millis(2500)))
        .layer(RetryLayer::new(&RetryConfig::default()).unwrap())
        .map_future(|answer| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer.await
        })
        .service(service);
    // 1 s, a wait of 1 s, 1 s more: too long.
    let (result, count) = outcome(service, send("https://example.com")).await;
    assert_eq!(
        result.unwrap_err().to_string(),
        "overall_timeout of 2.5s ran out"
    );
    assert_eq!(count, 2);
}
