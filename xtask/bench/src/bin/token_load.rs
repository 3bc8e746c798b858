//! Signs so many client access tokens, or else so many times only what a token is signed for:
//! `token_load --signer ours|hmac --tokens <number> [--warm-up <number>]`; prints [`Figures`].
//! With `--show` it prints a token instead.

use std::{error::Error, hint::black_box, time::Instant};

use lexopt::prelude::{Long, ValueExt as _};
use ring::hmac;
use webpubsub::{AccessKey, ClientAccessToken, ClientAccessUrl, Endpoint, HubName, Role};
use webpubsub_bench::{Figures, Usage};

const KEY: &str = "a-key-of-44-characters-as-the-portal-shows-1=";

#[expect(clippy::print_stdout, reason = "this is how a token is shown")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = parse()?;
    let hub = Hub::new()?;
    if arguments.is_shown {
        println!("{}", hub.token()?.token().expose_secret());
        return Ok(());
    }
    let figures = match arguments.signer.as_str() {
        "ours" => measure(&arguments, || hub.token().map(drop))?,
        "hmac" => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
            let url = hub.token()?;
            let token = url.token().expose_secret();
            let (content, _) = token.rsplit_once('.').ok_or("a token has three parts")?;
            measure(&arguments, || {
                black_box(hmac::sign(&key, black_box(content).as_bytes()));
                Ok(())
            })?
        }
        other => return Err(format!("--signer must be ours or hmac, not {other}").into()),
    };
    figures.report();
    Ok(())
}

fn measure(
    arguments: &Arguments,
    sign: impl Fn() -> Result<(), Box<dyn Error>>,
) -> Result<Figures, Box<dyn Error>> {
    let Arguments {
        tokens, warm_up, ..
    } = *arguments;
    for _ in 0..warm_up {
        sign()?;
    }
    let (before, begun) = (Usage::now(), Instant::now());
    for _ in 0..tokens {
        sign()?;
    }
    let (wall, after) = (begun.elapsed(), Usage::now());
    Ok(Figures::new(tokens, wall, before, after, Vec::new()))
}

struct Hub {
    endpoint: Endpoint,
    name: HubName,
    key: AccessKey,
}

impl Hub {
    fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            endpoint: "https://contoso.webpubsub.azure.com".parse()?,
            name: HubName::new("chat")?,
            key: AccessKey::new(KEY)?,
        })
    }

    fn token(&self) -> Result<ClientAccessUrl, Box<dyn Error>> {
        let token = ClientAccessToken::new()
            .user_id("user-0001")
            .role(Role::join_leave_group("room-1")?)
            .role(Role::send_to_group("room-1")?)
            .group("room-1");
        Ok(black_box(token.sign(
            &self.endpoint,
            &self.name,
            &self.key,
        )?))
    }
}

struct Arguments {
    signer: String,
    tokens: u64,
    /// How many come before those that are counted.
    warm_up: u64,
    is_shown: bool,
}

fn parse() -> Result<Arguments, lexopt::Error> {
    let mut arguments = Arguments {
        signer: "ours".to_owned(),
        tokens: 1_000,
        warm_up: 0,
        is_shown: false,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("signer") => arguments.signer = parser.value()?.string()?,
            Long("tokens") => arguments.tokens = parser.value()?.parse()?,
            Long("warm-up") => arguments.warm_up = parser.value()?.parse()?,
            Long("show") => arguments.is_shown = true,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(arguments)
}
