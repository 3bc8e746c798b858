//! Signs so many client access tokens with one key: `token_load [--tokens 100000] [--signer ours]`; prints [`Figures`].
//!
//! An operation is a token with a user, two roles and a group.

use std::{error::Error, hint::black_box, time::Instant};

use webpubsub_auth::{AccessKey, ClientAccessToken};
use webpubsub_bench::{Figures, Usage};
use webpubsub_protocol::{Endpoint, HubName, Role};

const KEY: &str = "a-key-of-44-characters-as-the-portal-shows-1=";

fn main() -> Result<(), Box<dyn Error>> {
    let tokens = parse()?;
    let endpoint: Endpoint = "https://contoso.webpubsub.azure.com".parse()?;
    let (hub, key) = (HubName::new("chat")?, AccessKey::new(KEY)?);
    let (begun, before) = (Instant::now(), Usage::now());
    for _ in 0..tokens {
        let token = ClientAccessToken::new()
            .user_id("ann")
            .roles([Role::SendToAnyGroup, Role::JoinLeaveAnyGroup])
            .group("room");
        black_box(token.sign(&endpoint, &hub, &key)?);
    }
    let (wall, after) = (begun.elapsed(), Usage::now());
    Figures::new(tokens, wall, before, after, Vec::new()).report();
    Ok(())
}

fn parse() -> Result<u64, Box<dyn Error>> {
    use lexopt::prelude::{Long, ValueExt as _};

    let mut tokens = 100_000;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("tokens") => tokens = arguments.value()?.parse()?,
            Long("signer") => match arguments.value()?.string()?.as_str() {
                "ours" => {}
                other => return Err(format!("--signer must be ours, not {other}").into()),
            },
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(tokens)
}
