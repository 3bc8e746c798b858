//! What is looked at once in a second, while a run goes on.

use std::time::Duration;

use tokio::{
    pin, select,
    time::{MissedTickBehavior, interval},
};

use crate::Outcome;

/// Samples once in a second until `end`, and once more then; beside the samples, what `end` gives.
pub async fn each_second<S, T>(
    mut sample: impl AsyncFnMut() -> Outcome<S>,
    end: impl Future<Output = Outcome<T>>,
) -> Outcome<(Vec<S>, T)> {
    let mut seconds = interval(Duration::from_secs(1));
    // A machine that was too busy for a sample need not make up for it.
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut samples = Vec::new();
    pin!(end);
    loop {
        select! {
            _ = seconds.tick() => samples.push(sample().await?),
            ended = &mut end => {
                samples.push(sample().await?);
                return Ok((samples, ended?));
            }
        }
    }
}
