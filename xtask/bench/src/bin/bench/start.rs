//! How long programs take to be of use.

use std::{process::Stdio, time::Instant};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use webpubsub::WebPubSubServiceClient;
use webpubsub_bench::{Outcome, Program, process::Process};

use crate::{
    document::Document,
    options::Options,
    series::Spread,
    target::{Bound, Target},
};

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    let service = Process::start(&Program::own("rest_service")?).await?;
    let clear = service.address().split(' ').next().unwrap_or_default();
    let endpoint = format!("http://{clear}");
    let send = Program::own("rest_load")?.with(["--endpoint", &endpoint, "--sends", "1"]);
    let emulator = Program::own("webpubsub-emulator")?.with(["--port", "0"]);
    let (mut sends, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..3 * options.rounds() {
        sends.push(until_sent(&send).await? * 1e3);
        answers.push(until_healthy(&emulator).await? * 1e3);
    }
    service.end().await?;
    let (sends, answers) = (Spread::of(sends)?, Spread::of(answers)?);
    document.chapter("Start", "From the start of a process, by the clock.");
    let rows = [
        vec![
            "a first send is answered, and the program has ended".to_owned(),
            sends.to_string(),
        ],
        vec![
            "the emulator answers a health check".to_owned(),
            answers.to_string(),
        ],
    ];
    document.table(&["until", "ms"], &rows);
    let what = "process start to the first send answered, ms";
    document.target(Target::new(what, Bound::AtMost(10.0), sends));
    let what = "emulator's start to its health answered, ms";
    document.target(Target::new(what, Bound::AtMost(20.0), answers));
    Ok(())
}

/// Seconds until the program has sent one message, and ended.
async fn until_sent(program: &Program) -> Outcome<f64> {
    let begun = Instant::now();
    let output = program.command().stdin(Stdio::null()).output().await?;
    let taken = begun.elapsed();
    if output.status.success() {
        Ok(taken.as_secs_f64())
    } else {
        Err("the first send failed".into())
    }
}

/// Seconds until the emulator has answered.
async fn until_healthy(program: &Program) -> Outcome<f64> {
    let begun = Instant::now();
    let mut child = program
        .command()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = child.stdout.take().ok_or("the output was asked for")?;
    let mut lines = BufReader::new(output).lines();
    let connection_string = lines.next_line().await?;
    let connection_string = connection_string.ok_or("the emulator told no address")?;
    let client = WebPubSubServiceClient::from_connection_string(&connection_string, "bench")?;
    client.service_status().await?;
    let taken = begun.elapsed();
    child.kill().await?;
    Ok(taken.as_secs_f64())
}
