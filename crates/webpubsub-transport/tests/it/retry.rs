use std::time::{Duration, SystemTime};

use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tower::{Layer as _, ServiceExt as _};
use webpubsub_transport::{
    Body, BoxError, Error, RetryConfig, RetryLayer, TimeoutLayer, retry_after,
};

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
async fn errors_are_repeated_by_the_same_rule() {
    let connect: fn() -> BoxError = || Error::connect("refused").into();
    let io: fn() -> BoxError = || Error::io("reset").into();
    let foreign: fn() -> BoxError = || "foreign".into();
    let table = [
        ("connect", connect, (4, 4)),
        ("io", io, (1, 4)),
        ("foreign", foreign, (1, 1)),
    ];
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    for (what, make, (sends, asks)) in table {
        for (request, expected) in [
            (send("https://example.com"), sends),
            (ask("https://example.com"), asks),
        ] {
            let service = tower::service_fn(move |_: Request<Body>| async move {
                Err::<Response<Body>, _>(make())
            });
            let (result, count) = outcome(layer.layer(service), request).await;
            assert_eq!(count, expected, "{what}");
            assert_eq!(result.unwrap_err().to_string(), make().to_string());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_may_have_been_processed() {
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    for (request, expected) in [
        (send("https://example.com"), 1),
        (ask("https://example.com"), 4),
    ] {
        let never =
            tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
        let service = TimeoutLayer::attempt(Duration::from_secs(1)).layer(never);
        let (_, count) = outcome(layer.layer(service), request).await;
        assert_eq!(count, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_of_no_operation_is_judged_by_its_method() {
    for (method, expected) in [
        ("GET", 4),
        ("HEAD", 4),
        ("PUT", 4),
        ("DELETE", 4),
        ("POST", 1),
        ("PATCH", 1),
    ] {
        let (service, _) = scripted((0..4).map(|_| answer(500, &[])));
        let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
        let request = Request::builder().method(method).uri("https://example.com");
        let request = request.body(Body::default()).unwrap();
        let (_, count) = outcome(layer.layer(service), request).await;
        assert_eq!(count, expected, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_count_of_attempts_all_works_the_same() {
    let (service, seen) = scripted([answer(429, &[]), answer(202, &[])]);
    let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
    let response = layer.layer(service).oneshot(send("https://example.com"));
    assert_eq!(response.await.unwrap().status(), 202);
    assert_eq!(seen.lock().unwrap().len(), 2);
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
    for (seconds, attempts) in [("30", 2), ("31", 1), ("18446744073709551615", 1)] {
        let (service, _) = scripted([answer(429, &[("retry-after", seconds)]), answer(400, &[])]);
        let begun = Instant::now();
        let layer = RetryLayer::new(&RetryConfig::default()).unwrap();
        let (result, count) = outcome(layer.layer(service), send("https://example.com")).await;
        let status = if attempts == 1 { 429 } else { 400 };
        assert_eq!(
            (result.unwrap().status().as_u16(), count),
            (status, attempts)
        );
        assert_eq!(begun.elapsed().is_zero(), attempts == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_waits_do_not_overflow() {
    let mut config = RetryConfig::default();
    config.base_delay = Duration::MAX;
    config.max_delay = Duration::MAX;
    let (service, _) = scripted([answer(429, &[])]);
    let service = RetryLayer::new(&config).unwrap().layer(service);
    let service = TimeoutLayer::overall(Duration::from_secs(1)).layer(service);
    let begun = Instant::now();
    let (result, count) = outcome(service, send("https://example.com")).await;
    assert_eq!((result.unwrap().status().as_u16(), count), (429, 1));
    assert!(begun.elapsed().is_zero());
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
async fn a_timeout_names_its_setting_and_its_value() {
    let never =
        || tower::service_fn(|_| std::future::pending::<Result<Response<Body>, BoxError>>());
    let seconds = Duration::from_secs;
    let table = [
        (3, 6, 3, "attempt_timeout of 3s ran out"),
        (6, 3, 3, "overall_timeout of 3s ran out"),
        // Both at once: the inner one tells more.
        (3, 3, 3, "attempt_timeout of 3s ran out"),
    ];
    for (attempt, overall, expected, text) in table {
        let service = TimeoutLayer::attempt(seconds(attempt)).layer(never());
        let service = TimeoutLayer::overall(seconds(overall)).layer(service);
        let begun = Instant::now();
        let (result, _) = outcome(service, send("https://example.com")).await;
        let error = result.unwrap_err();
        assert_eq!(error.to_string(), text);
        assert!(error.downcast_ref::<Error>().unwrap().is_timeout());
        assert_eq!(begun.elapsed(), seconds(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_end_beyond_the_overall_timeout_is_not_begun() {
    let (service, _) = scripted((0..4).map(|_| answer(429, &[("retry-after", "20")])));
    let service = RetryLayer::new(&RetryConfig::default())
        .unwrap()
        .layer(service);
    let service = TimeoutLayer::overall(Duration::from_secs(30)).layer(service);
    let begun = Instant::now();
    let (result, count) = outcome(service, send("https://example.com")).await;
    // What the service said last is kept.
    assert_eq!((result.unwrap().status().as_u16(), count), (429, 2));
    assert_eq!(begun.elapsed().as_secs(), 20);
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
