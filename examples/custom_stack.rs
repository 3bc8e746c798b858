//! Tower middleware of your own: around the default stack, and in place of it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer, service_fn};
use webpubsub::{Message, WebPubSubServiceClient, transport::Body};
use webpubsub_examples::{BoxError, Service};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = Service::start().await?;

    // Around the default stack: a bound on how many operations are under way at once.
    let client = WebPubSubServiceClient::builder()
        .connection_string(&service.connection_string())
        .hub("custom")
        .layer(ConcurrencyLimitLayer::new(8))
        .build()?;
    client
        .send_to_all(Message::text("through the layer"))
        .await?;
    println!("sent through a concurrency limit");

    // In place of it: a service that answers from memory, as a test double would.
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let double = ServiceBuilder::new().service(service_fn(move |request: http::Request<Body>| {
        counter.fetch_add(1, Ordering::Relaxed);
        println!("would send {} {}", request.method(), request.uri());
        async { http::Response::builder().status(202).body(Body::default()) }
    }));
    let client = WebPubSubServiceClient::with_service(
        "https://contoso.webpubsub.azure.com",
        "custom",
        double,
    )?;
    client.send_to_all(Message::text("to no one")).await?;
    println!(
        "requests answered from memory: {}",
        count.load(Ordering::Relaxed)
    );
    Ok(())
}
