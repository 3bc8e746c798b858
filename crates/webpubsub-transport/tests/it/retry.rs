use std::time::{Duration, SystemTime};

use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tower::{Layer as _, timeout::error::Elapsed};
use webpubsub_transport::{Body, BoxError, RetryConfig, RetryLayer, TimeoutLayer, retry_after};

use crate::support::{answer, ask, outcome, scripted, send};

/// How many attempts a send and a question get when the service always does the same.
async fn attempts(config: &RetryConfig, make: impl Fn() -> Response<Body>) -> (u32, u32) {
    let mut counts = Vec::new();
    for request in [send("https://example.com"), ask("https://example.com")] {
        let (service, _) = scripted((0..10).map(|_| make()));
        let (_, count) = outcome(RetryLayer::new(config).unwrap().layer(service), request).await;
        counts.push(count);
    }
    (counts[0], counts[1])
}

#[tokio::test(start_paused = true)]
async fn only_what_was_certainly_not_processed_is_sent_again() {
    let config = RetryConfig::default();
    let (once, always) = ((1, 4), (4, 4));
    let table: [(&str, Response<Body>, (u32, u32)); 12] = [
        ("202", answer(202, &[]), (1, 1)),
        ("400", answer(400, &[]), (1, 1)),
        ("401", answer(401, &[]), (1, 1)),
        ("404", answer(404, &[]), (1, 1)),
        ("408", answer(408, &[]), once),
        ("429", answer(429, &[]), always),
        ("500", answer(500, &[]), once),
        ("501", answer(501, &[]), (1, 1)),
        ("502", answer(502, &[]), once),
        ("503", answer(503, &[]), once),
        (
            "503 with Retry-After",
            answer(503, &[("retry-after", "1")]),
            always,
        ),
        ("504", answer(504, &[]), once),
    ];
    for (what, response, expected) in table {
        assert_eq!(
            attempts(&config, || response.clone()).await,
            expected,
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_foreign_error_is_final() {
    let service = tower::service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(BoxError::from("foreign"))
    });
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    let (result, count) = outcome(layer.layer(service), ask("https://example.com")).await;
    assert_eq!(
        (result.unwrap_err().to_string(), count),
        ("foreign".to_owned(), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn at_least_once_is_a_choice() {
    let mut config = RetryConfig::default();
    config.at_least_once = true;
    assert_eq!(attempts(&config, || answer(500, &[])).await, (4, 4));
    assert_eq!(attempts(&config, || answer(400, &[])).await, (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_number_of_repeats_is_a_setting() {
    let mut config = RetryConfig::default();
    config.max_retries = 0;
    assert_eq!(attempts(&config, || answer(429, &[])).await, (1, 1));
    config.max_retries = 7;
    assert_eq!(attempts(&config, || answer(429, &[])).await, (8, 8));
}

#[tokio::test(start_paused = true)]
async fn the_service_is_given_the_time_it_asks_for() {
    let (service, _) = scripted([answer(429, &[("retry-after", "7")]), answer(202, &[])]);
    let begun = Instant::now();
    let (result, count) = outcome(
        RetryLayer::new(&RetryConfig::default())
            .unwrap()
            .layer(service),
        send("https://example.com"),
    )
    .await;
    assert_eq!((result.unwrap().status().as_u16(), count), (202, 2));
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_asks_for_too_long_is_given_back() {
    let (service, _) = scripted([answer(429, &[("retry-after", "3600")])]);
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    let (result, count) = outcome(layer.layer(service), send("https://example.com")).await;
    assert_eq!((result.unwrap().status().as_u16(), count), (429, 1));
}

#[tokio::test(start_paused = true)]
async fn waits_double_within_their_bounds() {
    let mut config = RetryConfig::default();
    config.max_retries = 6;
    config.max_delay = Duration::from_secs(1);
    let (service, _) = scripted((0..7).map(|_| answer(429, &[])));
    let begun = Instant::now();
    outcome(
        RetryLayer::new(&config).unwrap().layer(service),
        send("https://example.com"),
    )
    .await
    .0
    .unwrap();
    // 200, 400, 800 ms and three times 1 s, each shortened by up to half.
    let waited = begun.elapsed();
    assert!(
        (Duration::from_millis(2200)..=Duration::from_millis(4410)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn repeats_are_bound_by_a_budget() {
    let mut config = RetryConfig::default();
    config.budget = 0.0;
    config.max_retries = 1000;
    config.base_delay = Duration::ZERO;
    // Ten a second over ten seconds are free; in no time, there are no more.
    let layer = RetryLayer::new(&config).unwrap();
    let mut repeats = 0;
    for _ in 0..3 {
        let (service, _) = scripted((0..2000).map(|_| answer(429, &[])));
        let (result, count) = outcome(layer.layer(service), send("https://example.com")).await;
        assert_eq!(result.unwrap().status(), 429);
        repeats += count - 1;
    }
    assert_eq!(repeats, 100);
}

#[test]
fn a_budget_beyond_its_range_is_refused() {
    for budget in [-0.1, 1000.1, f32::NAN, f32::INFINITY] {
        let mut config = RetryConfig::default();
        config.budget = budget;
        let error = RetryLayer::new(&config).unwrap_err();
        assert_eq!(error.to_string(), "`retry.budget` must be from 0 to 1000");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_names_its_setting() {
    let never =
        || tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
    let (limit, begun) = (Duration::from_secs(3), Instant::now());
    let (attempt, _) = outcome(
        TimeoutLayer::attempt(limit).layer(never()),
        send("https://example.com"),
    )
    .await;
    assert_eq!(
        attempt.unwrap_err().to_string(),
        "attempt_timeout ran out before the service answered"
    );
    assert_eq!(begun.elapsed(), limit);

    let inner = TimeoutLayer::attempt(limit).layer(never());
    let (both, _) = outcome(
        TimeoutLayer::overall(limit * 2).layer(inner),
        send("https://example.com"),
    )
    .await;
    assert_eq!(
        both.unwrap_err().to_string(),
        "attempt_timeout ran out before the service answered"
    );

    let (overall, _) = outcome(
        TimeoutLayer::overall(limit).layer(never()),
        send("https://example.com"),
    )
    .await;
    let overall = overall.unwrap_err();
    assert_eq!(
        overall.to_string(),
        "overall_timeout ran out before the service answered"
    );
    assert!(!overall.is::<Elapsed>());
}

#[test]
fn every_form_of_retry_after_is_read() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767);
    let wait = |headers: &[(&'static str, &str)]| {
        let pairs = headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        retry_after(&pairs.collect::<HeaderMap>(), now)
    };
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(wait(&[]), None);
    assert_eq!(wait(&[("retry-after", "5")]), seconds(5));
    assert_eq!(wait(&[("retry-after", " 5 ")]), seconds(5));
    assert_eq!(
        wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]),
        seconds(10)
    );
    assert_eq!(
        wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:20 GMT")]),
        seconds(0)
    );
    assert_eq!(wait(&[("retry-after", "soon")]), None);
    assert_eq!(wait(&[("retry-after", "-1")]), None);
    assert_eq!(
        wait(&[("retry-after-ms", "1500"), ("retry-after", "9")]),
        Some(Duration::from_millis(1500))
    );
    assert_eq!(
        wait(&[("retry-after-ms", "1500"), ("x-ms-retry-after-ms", "20")]),
        Some(Duration::from_millis(20))
    );
}
