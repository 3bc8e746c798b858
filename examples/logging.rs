//! Logs requests and responses, of every call or of one; never a token, never a payload.
//!
//! Events are `tracing` events at level `debug` on target `webpubsub::http`; what listens is yours to choose.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};
use webpubsub::{Message, WebPubSubServiceClient};
use webpubsub_examples::{BoxError, Service};

/// Prints, and counts the lines that tell of a request.
#[derive(Clone, Default)]
struct Printer(Arc<Mutex<usize>>);

impl io::Write for Printer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains("Bearer ey") && !text.contains("a payload"),
            "{text}"
        );
        if let Ok(mut requests) = self.0.lock() {
            *requests += text.matches("http.request.headers").count();
        }
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

impl MakeWriter<'_> for Printer {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let printer = Printer::default();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("webpubsub::http=debug"))
        .with_writer(printer.clone())
        .init();
    let told = || printer.0.lock().map_or(0, |requests| *requests);

    let service = Service::start().await?;
    let quiet =
        WebPubSubServiceClient::from_connection_string(&service.connection_string(), "logging")?;
    quiet.send_to_all(Message::text("a payload")).await?;
    println!("-- nothing in detail so far; now one call:");
    let before = told();
    quiet
        .send_to_all(Message::text("a payload"))
        .logging(true)
        .await?;
    assert!(told() > before);

    println!("-- and a client that logs all of its calls:");
    let client = WebPubSubServiceClient::builder()
        .connection_string(&service.connection_string())
        .hub("logging")
        .logging(true)
        .build()?;
    let before = told();
    client.user_exists("ann").await?;
    assert!(told() > before);
    Ok(())
}
