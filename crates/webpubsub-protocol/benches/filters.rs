//! What a filter costs: made from typed operands, read from its text, and asked about a connection.

use divan::Bencher;
use webpubsub_protocol::filter::{ConnectionFacts, Filter, connection_id, groups, user_id};

fn main() {
    divan::main();
}

#[divan::bench]
fn make() -> Filter {
    user_id().ne("al'ice") & groups().contains("vip") & !connection_id().starts_with("x")
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let filter = make();
    bencher.bench(|| filter.parse().unwrap());
}

#[divan::bench]
fn evaluate(bencher: Bencher<'_, '_>) {
    let expression = make().parse().unwrap();
    bencher.bench(|| expression.matches(&Vip));
}

/// A connection that each part of the filter selects, so that all of them are asked.
struct Vip;

impl ConnectionFacts for Vip {
    fn user_id(&self) -> Option<&str> {
        Some("bob")
    }

    fn connection_id(&self) -> &'static str {
        "a-connection-id"
    }

    fn protocol(&self) -> Option<&str> {
        Some("json.webpubsub.azure.v1")
    }

    fn is_in_group(&self, group: &str) -> bool {
        group == "vip"
    }

    fn group_count(&self) -> usize {
        1
    }
}
