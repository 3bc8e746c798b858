//! What a token costs. The floor of each is the bare HMAC over the bytes that its signature is for.

use std::{
    future::Future as _,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use divan::Bencher;
use http::{HeaderValue, Request, request::Parts};
use ring::hmac;
use webpubsub_auth::{
    AccessKey, Authorizer as _, ClientAccessToken, ClientAccessUrl, KeyAuthorizer,
};
use webpubsub_protocol::{Endpoint, HubName, Role};

/// As long as the keys of the service.
const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG=";

fn main() {
    divan::main();
}

#[divan::bench_group(sample_count = 2000, sample_size = 100)]
mod client_access {
    use super::{Bencher, Client, black_box, hmac_of};

    #[divan::bench]
    fn hmac_alone(bencher: Bencher<'_, '_>) {
        let client = Client::new();
        let url = client.sign(Client::token());
        hmac_of(bencher, url.token().expose_secret());
    }

    #[divan::bench]
    fn build() {
        drop(black_box(Client::token()));
    }

    #[divan::bench]
    fn build_and_sign(bencher: Bencher<'_, '_>) {
        let client = Client::new();
        bencher.bench(|| drop(black_box(client.sign(Client::token()))));
    }
}

#[divan::bench_group(sample_count = 2000, sample_size = 100)]
mod request {
    use super::{AccessKey, KEY, KeyAuthorizer};
    use super::{Bencher, black_box, hmac_of, send_to_group, signed};

    #[divan::bench]
    fn hmac_alone(bencher: Bencher<'_, '_>) {
        let authorizer = KeyAuthorizer::new(AccessKey::new(KEY).unwrap());
        let header = signed(&authorizer, &send_to_group());
        hmac_of(
            bencher,
            header.to_str().unwrap().trim_start_matches("Bearer "),
        );
    }

    #[divan::bench]
    fn authorize(bencher: Bencher<'_, '_>) {
        let authorizer = KeyAuthorizer::new(AccessKey::new(KEY).unwrap());
        let request = send_to_group();
        bencher.bench(|| drop(black_box(signed(&authorizer, &request))));
    }
}

/// Signs what `token` was signed for once more, and nothing else.
fn hmac_of(bencher: Bencher<'_, '_>, token: &str) {
    let (signed, _) = token.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    bencher.bench(|| hmac::sign(&key, black_box(signed).as_bytes()));
}

struct Client {
    endpoint: Endpoint,
    hub: HubName,
    key: AccessKey,
}

impl Client {
    fn new() -> Self {
        Self {
            endpoint: "https://contoso.webpubsub.azure.com".parse().unwrap(),
            hub: HubName::new("chat").unwrap(),
            key: AccessKey::new(KEY).unwrap(),
        }
    }

    fn token() -> ClientAccessToken {
        ClientAccessToken::new()
            .user_id("user-0001")
            .role(Role::join_leave_group("room-1").unwrap())
            .role(Role::send_to_group("room-1").unwrap())
            .group("room-1")
    }

    fn sign(&self, token: ClientAccessToken) -> ClientAccessUrl {
        token.sign(&self.endpoint, &self.hub, &self.key).unwrap()
    }
}

fn send_to_group() -> Parts {
    let url = "https://contoso.webpubsub.azure.com/api/hubs/chat/groups/room-1/:send?api-version=2024-12-01";
    Request::post(url).body(()).unwrap().into_parts().0
}

fn signed(authorizer: &KeyAuthorizer, request: &Parts) -> HeaderValue {
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(header) = pin!(authorizer.authorize(request)).poll(&mut context) else {
        panic!("signing waits for nothing");
    };
    header.unwrap()
}
