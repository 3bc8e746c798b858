/// Seconds of a window: many resets fall into one, and a stall of the whole machine does not fill it.
const WINDOW: f64 = 5.0;

/// Fewer have no median to speak of.
const ENOUGH_WINDOWS: usize = 6;

/// The part of the median rate that each later window has to reach. Another program on a machine of two cores can take
/// three quarters of what it had; a client that does not recover comes to a tenth, or to nothing.
const PART: f64 = 0.25;

/// How many sends were done at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) seconds: f64,
    pub(crate) done: u64,
}

/// Sends done in a second, window after window.
#[expect(clippy::cast_precision_loss, reason = "as many sends are not done")]
pub(crate) fn of_windows(samples: &[Progress]) -> Vec<f64> {
    let mut rates = Vec::new();
    let Some(mut begin) = samples.first() else {
        return rates;
    };
    for sample in samples {
        let seconds = sample.seconds - begin.seconds;
        if seconds >= WINDOW {
            rates.push((sample.done - begin.done) as f64 / seconds);
            begin = sample;
        }
    }
    rates
}

/// A sentence if a window after the first fell far behind the others. Nothing in a run too short to tell.
pub(crate) fn collapse(rates: &[f64]) -> Option<String> {
    if rates.len() < ENOUGH_WINDOWS {
        return None;
    }
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let slowest = rates[1..].iter().copied().fold(median, f64::min);
    (slowest < median * PART).then(|| {
        format!("the rate did not recover: {slowest:.0} sends a second in a window, {median:.0} in the median one")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_five_seconds_or_what_a_late_sample_makes_of_it() {
        let at = |seconds, done| Progress { seconds, done };
        let samples = [
            at(0.0, 0),
            at(4.0, 40),
            at(5.0, 50),
            at(15.0, 250),
            at(16.0, 300),
        ];
        assert_eq!(of_windows(&samples), [10.0, 20.0]);
    }

    #[test]
    fn a_rate_that_does_not_recover_is_seen() {
        assert_eq!(collapse(&[1.0, 9.0, 10.0, 11.0, 3.0, 10.0]), None);
        assert!(collapse(&[9.0, 9.0, 10.0, 11.0, 10.0, 2.0]).is_some());
    }
}
