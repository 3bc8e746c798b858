//! Signs so many client access tokens, or else so many times only what a token is signed for:
//! `token_load --signer ours|hmac --tokens <number>`; prints [`Figures`].

use std::{error::Error, hint::black_box, time::Instant};

use lexopt::prelude::{Long, ValueExt as _};
use ring::hmac;
use webpubsub::{AccessKey, ClientAccessToken, ClientAccessUrl, Endpoint, HubName, Role};
use webpubsub_bench::{Figures, Usage};

const KEY: &str = "a-key-of-44-characters-as-the-portal-shows-1=";

fn main() -> Result<(), Box<dyn Error>> {
    let (signer, tokens) = parse()?;
    let hub = Hub::new()?;
    let figures = match signer.as_str() {
        "ours" => measure(tokens, || hub.token().map(drop))?,
        "hmac" => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
            let url = hub.token()?;
            let token = url.token().expose_secret();
            let (content, _) = token.rsplit_once('.').ok_or("a token has three parts")?;
            measure(tokens, || {
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
    tokens: u64,
    sign: impl Fn() -> Result<(), Box<dyn Error>>,
) -> Result<Figures, Box<dyn Error>> {
    for _ in 0..tokens / 10 {
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

fn parse() -> Result<(String, u64), lexopt::Error> {
    let (mut signer, mut tokens) = ("ours".to_owned(), 1_000);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("signer") => signer = parser.value()?.string()?,
            Long("tokens") => tokens = parser.value()?.parse()?,
            _ => return Err(argument.unexpected()),
        }
    }
    Ok((signer, tokens))
}
