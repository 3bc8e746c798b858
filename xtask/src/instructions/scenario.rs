use super::{
    callgrind::{counted, plain, total},
    running::Running,
};
use crate::command::Outcome;

/// What the scenarios are made of.
pub(super) const PROGRAMS: [&str; 5] = [
    "rest_load",
    "rest_service",
    "token_load",
    "emulator_server",
    "fanout_load",
];

/// All that are counted, by the names the baseline knows.
pub(super) const SCENARIOS: [(&str, Scenario); 3] = [
    (
        "rest_send",
        Scenario {
            // Ten counts, five of them on a busy machine, were within 0.2 %.
            operations: 2_000,
            run: rest_sends,
        },
    ),
    (
        "client_access_token",
        Scenario {
            // Within 0.01 %.
            operations: 2_000,
            run: tokens,
        },
    ),
    (
        "fan_out_to_1000",
        Scenario {
            // Within 0.7 %.
            operations: 200,
            run: fan_outs,
        },
    ),
];

/// How many operations come before those that are counted, so that the counted ones find all made.
const WARM_UP: &str = "200";

/// An operation to be counted.
pub(super) struct Scenario {
    /// How many are enough to make the spread small.
    operations: u64,
    /// Does so many; gives the instructions of the whole program.
    run: fn(u64) -> Outcome<u64>,
}

impl Scenario {
    /// The instructions of one operation: what a run of twice as many takes more, as both start and connect alike.
    pub(super) fn count(&self) -> Outcome<u64> {
        let once = (self.run)(self.operations)?;
        let twice = (self.run)(2 * self.operations)?;
        let more = twice
            .checked_sub(once)
            .ok_or("twice the operations took fewer instructions")?;
        Ok(more / self.operations)
    }
}

/// Sends, 64 at once, with the async client.
fn rest_sends(sends: u64) -> Outcome<u64> {
    let service = Running::start("rest_service", &mut plain("rest_service"))?;
    let addresses = service.line()?;
    let address = addresses.split(' ').next().unwrap_or_default();
    let mut load = counted("rest_load");
    load.args(["--client", "async", "--at-once", "64"])
        .args(["--endpoint", &format!("http://{address}")])
        .args(["--warm-up", WARM_UP, "--sends", &sends.to_string()]);
    Running::start("rest_load", &mut load)?.end()?;
    service.end()?;
    total("rest_load")
}

/// Tokens of a user with two roles and a group, all signed with one key.
fn tokens(tokens: u64) -> Outcome<u64> {
    let mut load = counted("token_load");
    load.args(["--signer", "ours", "--tokens", &tokens.to_string()])
        .args(["--warm-up", WARM_UP]);
    Running::start("token_load", &mut load)?.end()?;
    total("token_load")
}

/// Messages of 200 bytes that the emulator sends to 1,000 connections each.
fn fan_outs(rounds: u64) -> Outcome<u64> {
    let mut server = counted("emulator_server");
    // Pings go by the clock: on a busy machine a run would take long enough for some.
    server.arg("--no-pings");
    let server = Running::start("emulator_server", &mut server)?;
    let connection_string = server.line()?;
    let mut load = plain("fanout_load");
    load.arg(connection_string)
        .args(["--kind", "json", "--connections", "1000"])
        .args(["--rounds", &rounds.to_string()]);
    let mut load = Running::start("fanout_load", &mut load)?;
    load.line()?;
    load.go_on()?;
    load.line()?;
    // The server ends first, so that it is not counted how many of the connections it sees closed.
    server.end()?;
    load.end()?;
    total("emulator_server")
}
