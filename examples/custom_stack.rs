//! Tower middleware of your own: around the default stack, around each attempt, and in place of all of it.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, Request, Response, StatusCode};
use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer, service_fn, util::MapRequestLayer};
use webpubsub::{
    AccessKey, Endpoint, Message, WebPubSubServiceClient,
    transport::{Body, TransportConfig, default_stack},
};
use webpubsub_auth::{ConnectionString, KeyAuthorizer};
use webpubsub_examples::{BoxError, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;
    around_the_default_stack(&service.connection_string()).await?;
    behind_a_buffer(&service.connection_string()).await?;
    from_memory().await
}

/// A bound on how many operations are under way at once, and a header on each attempt.
async fn around_the_default_stack(connection_string: &str) -> Result<(), BoxError> {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&attempts);
    let client = WebPubSubServiceClient::builder()
        .connection_string(connection_string)
        .hub("custom")
        .layer(ConcurrencyLimitLayer::new(8))
        .attempt_layer(MapRequestLayer::new(move |mut request: Request<Body>| {
            let attempt = counter.fetch_add(1, Ordering::Relaxed) + 1;
            request
                .headers_mut()
                .insert("x-attempt", HeaderValue::from(attempt));
            request
        }))
        .build()?;
    client
        .send_to_all(Message::text("through the layers"))
        .await?;
    println!(
        "sent through layers, attempts: {}",
        attempts.load(Ordering::Relaxed)
    );
    assert_eq!(attempts.load(Ordering::Relaxed), 1);
    Ok(())
}

/// A limit of requests per second. Tower's cannot be cloned, and a client must be: a buffer in front of it can.
///
/// The buffer's worker lives on the runtime it was made on.
async fn behind_a_buffer(connection_string: &str) -> Result<(), BoxError> {
    let connection: ConnectionString = connection_string.parse()?;
    let (endpoint, key): (&Endpoint, &AccessKey) = (connection.endpoint(), connection.access_key());
    let authorizer = Arc::new(KeyAuthorizer::new(key.clone()));
    let stack = ServiceBuilder::new()
        .buffer(64)
        .rate_limit(100, Duration::from_secs(1))
        .service(default_stack(
            &TransportConfig::default(),
            endpoint,
            authorizer,
        )?);
    let client = WebPubSubServiceClient::with_service(endpoint.clone(), "custom", stack)?;
    client
        .send_to_all(Message::text("at a measured pace"))
        .await?;
    println!("sent through a rate limit");
    Ok(())
}

/// A service that answers from memory, as a test double would: no network at all.
async fn from_memory() -> Result<(), BoxError> {
    let double = service_fn(|request: Request<Body>| async move {
        println!("would send {} {}", request.method(), request.uri());
        let mut response = Response::new(Body::default());
        if !request.uri().path().ends_with("/users/ann") {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        Ok::<_, Infallible>(response)
    });
    let endpoint = "https://contoso.webpubsub.azure.com";
    let client = WebPubSubServiceClient::with_service(endpoint, "custom", double)?;
    assert!(client.user_exists("ann").await?);
    assert!(!client.user_exists("bob").await?);
    Ok(())
}
