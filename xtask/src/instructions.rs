mod baseline;
mod callgrind;
mod running;
mod scenario;

use self::{
    baseline::Baseline,
    scenario::{PROGRAMS, SCENARIOS},
};
use crate::command::{Outcome, run};

/// No operation takes many more instructions than when the baseline was made.
pub(crate) fn check() -> Outcome {
    callgrind::is_installed()?;
    let baseline = Baseline::read()?;
    baseline.compare(&measure()?)
}

/// Makes what the operations take now the baseline.
pub(crate) fn update() -> Outcome {
    callgrind::is_installed()?;
    Baseline::write(&measure()?)
}

/// What each scenario's operation takes now.
fn measure() -> Outcome<Vec<(&'static str, u64)>> {
    let build = ["build", "--release", "--package", "webpubsub-bench"];
    let bins = PROGRAMS.map(|program| ["--bin", program]).concat();
    run("cargo", &[&build[..], &bins].concat())?;
    let mut counts = Vec::new();
    for (name, scenario) in SCENARIOS {
        let count = scenario
            .count()
            .map_err(|error| format!("{name}: {error}"))?;
        println!("{name}: {count} instructions");
        counts.push((name, count));
    }
    Ok(counts)
}
