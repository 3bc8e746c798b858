//! Sends so many messages to a service with one client, so many at a time.
//!
//! `rest_load --client async|blocking|hyper --endpoint <url> --sends <number> [--at-once <number>]
//! [--warm-up <number>] [--certificate <DER in base64>]`; prints [`Figures`].

mod arguments;
mod client;

use std::{
    error::Error,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::runtime;
use webpubsub_bench::{Figures, Usage};

use self::{
    arguments::{Arguments, Kind},
    client::{AsyncClient, BlockingClient, Client, HyperClient},
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let figures = match arguments.client {
        Kind::Async => concurrent(&AsyncClient::new(&arguments)?, &arguments)?,
        Kind::Hyper => concurrent(&HyperClient::new(&arguments)?, &arguments)?,
        Kind::Blocking => one_by_one(&BlockingClient::new(&arguments)?, &arguments)?,
    };
    figures.report();
    Ok(())
}

fn concurrent(client: &impl Client, arguments: &Arguments) -> Result<Figures, Box<dyn Error>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let Arguments {
        sends,
        at_once,
        warm_up,
        ..
    } = *arguments;
    runtime.block_on(async {
        all(client, warm_up, at_once).await?;
        let (before, begun) = (Usage::now(), Instant::now());
        let times = all(client, sends, at_once).await?;
        Ok(Figures::new(
            sends,
            begun.elapsed(),
            before,
            Usage::now(),
            times,
        ))
    })
}

/// Sends so many messages, so many at a time; how long each took.
async fn all(
    client: &impl Client,
    sends: u64,
    at_once: u64,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let workers = (0..at_once).map(|worker| async move {
        let share = sends / at_once + u64::from(worker < sends % at_once);
        let mut times = Vec::new();
        for _ in 0..share {
            let begun = Instant::now();
            client.send().await?;
            times.push(begun.elapsed());
        }
        Ok::<_, Box<dyn Error>>(times)
    });
    let times: Result<Vec<_>, _> = join_all(workers).await.into_iter().collect();
    Ok(times?.concat())
}

fn one_by_one(client: &BlockingClient, arguments: &Arguments) -> Result<Figures, Box<dyn Error>> {
    for _ in 0..arguments.warm_up {
        client.send()?;
    }
    let mut times = Vec::new();
    let (before, begun) = (Usage::now(), Instant::now());
    for _ in 0..arguments.sends {
        let begun = Instant::now();
        client.send()?;
        times.push(begun.elapsed());
    }
    Ok(Figures::new(
        arguments.sends,
        begun.elapsed(),
        before,
        Usage::now(),
        times,
    ))
}
