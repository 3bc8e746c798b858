use crate::command::{Outcome, finish, program};

/// The long run of the WebSocket client, of which the tests run a small one.
pub(crate) fn check() -> Outcome {
    let test = [
        "test",
        "--release",
        "--package",
        "webpubsub-client",
        "--test",
        "it",
        "long_run",
        "--",
        "--nocapture",
    ];
    finish(program("cargo").args(test).env("WEBPUBSUB_LONG_RUN", "yes"))
}
