//! A chat room between programs. Each takes part under a name, shows what the others say, and says what it is told line by
//! line:
//!
//! `cargo run --example chat -- ann`, and in another window `cargo run --example chat -- bob`
//!
//! They meet at the service that `AZURE_WEBPUBSUB_CONNECTION_STRING` names, or else at the emulator that
//! `cargo run --package webpubsub-emulator` starts. Without a name the example starts an emulator of its own and two such
//! programs, and lets them talk.

use std::{env, process::Stdio, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines, stdin},
    process::{Child, ChildStdin, ChildStdout, Command},
    select,
    time::timeout,
};
use webpubsub::{
    ClientAccessToken, Message, WebPubSubClient,
    client::{Event, GroupMessage, WebPubSubClientCredential},
};
use webpubsub_emulator::{DEFAULT_ACCESS_KEY, DEFAULT_PORT, Emulator};
use webpubsub_examples::BoxError;

const CONNECTION_STRING: &str = "AZURE_WEBPUBSUB_CONNECTION_STRING";
const ROOM: &str = "room";
const PATIENCE: Duration = Duration::from_secs(30);

/// What is said in the room.
#[derive(Serialize, Deserialize)]
enum Word {
    Here,
    Says(String),
    Gone,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    match env::args().nth(1) {
        Some(name) => take_part(&name, &meeting_point()?).await,
        None => demonstrate().await,
    }
}

fn meeting_point() -> Result<String, BoxError> {
    match env::var(CONNECTION_STRING) {
        Err(env::VarError::NotPresent) => Ok(format!(
            "Endpoint=http://localhost:{DEFAULT_PORT};AccessKey={DEFAULT_ACCESS_KEY};Version=1.0;"
        )),
        named => Ok(named?),
    }
}

async fn take_part(name: &str, connection_string: &str) -> Result<(), BoxError> {
    let token = ClientAccessToken::new().user_id(name).roles([
        "webpubsub.joinLeaveGroup.room",
        "webpubsub.sendToGroup.room",
    ]);
    let credential =
        WebPubSubClientCredential::from_connection_string(connection_string, "chat", token)?;
    let (client, mut events) = WebPubSubClient::new(credential)?;
    client.start().await?;
    client.join_group(ROOM).await?;
    say(&client, &Word::Here).await?;
    let mut lines = BufReader::new(stdin()).lines();
    loop {
        select! {
            line = lines.next_line() => match line? {
                Some(line) => say(&client, &Word::Says(line)).await?,
                None => break,
            },
            event = events.next() => match event {
                Some(Event::GroupMessage(message)) => show(&message)?,
                Some(Event::Stopped(stopped)) => return Err(format!("{stopped:?}").into()),
                _ => {}
            },
        }
    }
    say(&client, &Word::Gone).await?;
    client.stop().await;
    Ok(())
}

async fn say(client: &WebPubSubClient, word: &Word) -> Result<(), BoxError> {
    client.send_to_group(ROOM, Message::json(word)?).await?;
    Ok(())
}

fn show(message: &GroupMessage) -> Result<(), BoxError> {
    let name = message
        .from_user_id
        .as_ref()
        .ok_or("nobody is anonymous here")?;
    match message.message.parse_json()? {
        Word::Here => println!("* {name} is here"),
        Word::Says(line) => println!("{name}: {line}"),
        Word::Gone => println!("* {name} has left"),
    }
    Ok(())
}

/// Ann and Bob, each a program of their own, say hello.
async fn demonstrate() -> Result<(), BoxError> {
    let emulator = Emulator::builder().start().await?;
    let mut ann = Program::start("ann", &emulator)?;
    ann.hears("* ann is here").await?;
    let mut bob = Program::start("bob", &emulator)?;
    for program in [&mut ann, &mut bob] {
        program.hears("* bob is here").await?;
    }
    ann.says("hello, bob").await?;
    bob.hears("ann: hello, bob").await?;
    bob.says("hello, ann").await?;
    ann.hears("bob: hello, ann").await?;
    bob.leaves().await?;
    ann.hears("* bob has left").await?;
    ann.leaves().await
}

/// This example in a process of its own.
struct Program {
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(name: &str, emulator: &Emulator) -> Result<Self, BoxError> {
        let mut process = Command::new(env::current_exe()?)
            .arg(name)
            .env(CONNECTION_STRING, emulator.connection_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().ok_or("it has an input")?;
        let output = process.stdout.take().ok_or("it has an output")?;
        Ok(Self {
            process,
            input,
            output: BufReader::new(output).lines(),
        })
    }

    async fn says(&mut self, line: &str) -> Result<(), BoxError> {
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        Ok(())
    }

    /// Reads what it shows up to this line.
    async fn hears(&mut self, expected: &str) -> Result<(), BoxError> {
        loop {
            let line = timeout(PATIENCE, self.output.next_line()).await??;
            let line = line.ok_or_else(|| format!("it ended before it showed {expected:?}"))?;
            println!("{line}");
            if line == expected {
                return Ok(());
            }
        }
    }

    /// At the end of its input it says goodbye.
    async fn leaves(self) -> Result<(), BoxError> {
        let Self {
            mut process, input, ..
        } = self;
        drop(input);
        let status = timeout(PATIENCE, process.wait()).await??;
        status
            .success()
            .then_some(())
            .ok_or(format!("it ended with {status}").into())
    }
}
