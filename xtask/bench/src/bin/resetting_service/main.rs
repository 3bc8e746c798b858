//! A service that processes messages, and resets one in a hundred connections at a moment it draws from a seed, anew for each
//! request. When it ends it prints how often it has processed each message.

mod connection;
mod request;
mod shared;

use std::sync::Arc;

use fastrand::Rng;
use tokio::{net::TcpListener, runtime::Runtime};
use webpubsub_bench::{Outcome, options, server};

use crate::{connection::Connection, shared::Shared};

fn main() -> Outcome {
    let mut seed = 1;
    options::read(&mut [("seed", &mut seed)])?;
    let shared = Arc::new(Shared::default());
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(accept(listener, Arc::clone(&shared), Rng::with_seed(seed)));
    server::stand_by(&format!("Endpoint=http://{address};AccessKey=key;"))?;
    drop(runtime);
    shared.report()?;
    Ok(())
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut random: Rng,
) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = Connection::new(stream, Arc::clone(&shared), random.fork());
        // A client that goes away is no failure here.
        tokio::spawn(async move { connection.serve().await.unwrap_or_default() });
    }
}
