//! What a call costs on this side of the network: its request is built, signed and answered at once.

use std::{future::ready, sync::Arc};

use divan::Bencher;
use http::{Response, StatusCode};
use tokio::runtime;
use tower::{Layer as _, ServiceBuilder, service_fn};
use webpubsub::{
    AccessKey, Message, WebPubSubServiceClient,
    transport::{
        AuthLayer, Body, CollectBodyLayer, HttpService, LogLayer, RequestIdLayer, RetryLayer,
        TimeoutLayer, TraceLayer, TransportConfig, UserAgentLayer,
    },
};
use webpubsub_auth::KeyAuthorizer;

const ENDPOINT: &str = "https://contoso.webpubsub.azure.com";

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 1000, sample_size = 10)]
fn built(bencher: Bencher<'_, '_>) {
    send_to_group(bencher, answer());
}

/// What every call passes: a request that is signed.
#[divan::bench(sample_count = 1000, sample_size = 10)]
fn built_and_signed(bencher: Bencher<'_, '_>) {
    send_to_group(bencher, HttpService::new(auth().layer(answer())));
}

#[divan::bench(sample_count = 1000, sample_size = 10)]
fn through_the_default_layers(bencher: Bencher<'_, '_>) {
    let config = TransportConfig::default();
    // The order of `default_stack`, whose innermost service cannot be another.
    let stack = ServiceBuilder::new()
        .layer(RequestIdLayer::new())
        .layer(TraceLayer::operation())
        .layer(TimeoutLayer::overall(config.overall_timeout))
        .layer(RetryLayer::new(&config.retry).unwrap())
        .layer(TimeoutLayer::attempt(config.attempt_timeout))
        .layer(UserAgentLayer::new(None).unwrap())
        .layer(auth())
        .layer(TraceLayer::attempt())
        .layer(LogLayer::new(config.logging))
        .layer(CollectBodyLayer::new(config.max_response_bytes))
        .service(answer());
    send_to_group(bencher, HttpService::new(stack));
}

fn send_to_group(bencher: Bencher<'_, '_>, service: HttpService) {
    let client = WebPubSubServiceClient::with_service(ENDPOINT, "chat", service).unwrap();
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let message = Message::text("x".repeat(100));
    bencher.bench_local(|| {
        let send = async { client.send_to_group("room-1", message.clone()).await };
        runtime.block_on(send).unwrap();
    });
}

fn auth() -> AuthLayer {
    let key = AccessKey::new("0123456789abcdefghijklmnopqrstuvwxyzABCDEFG=").unwrap();
    AuthLayer::new(Arc::new(KeyAuthorizer::new(key)))
}

/// A service that accepts everything.
fn answer() -> HttpService {
    HttpService::new(service_fn(|_| {
        let mut answer = Response::new(Body::default());
        *answer.status_mut() = StatusCode::ACCEPTED;
        ready(Ok(answer))
    }))
}
