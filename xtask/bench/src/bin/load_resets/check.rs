use webpubsub_bench::resets::{Resets, Tally};

use crate::{
    rates,
    sender::{Report, Sender},
};

/// How many single messages are named; a defect can concern all of them.
const MOST_NAMED: usize = 10;

/// Compares what was reported with what was done; fills the figures in. Gives a sentence for each violation.
pub(crate) fn check(figures: &mut Resets, senders: &[Sender], tally: &Tally) -> Vec<String> {
    let mut violations = Vec::new();
    let mut broken_off = 0;
    figures.resets = tally.resets;
    for (number, report) in senders.iter().flat_map(Sender::reports) {
        let processed = tally.processed(number);
        match report {
            Report::Success => figures.succeeded += 1,
            Report::NotProcessed => figures.failed += 1,
            Report::BrokenOff | Report::TimedOut => {
                figures.uncertain += 1;
                figures.uncertain_but_processed += u64::from(processed > 0);
            }
        }
        broken_off += u64::from(report == Report::BrokenOff);
        let is_true = match report {
            Report::Success => processed == 1,
            Report::NotProcessed => processed == 0,
            Report::BrokenOff | Report::TimedOut => processed <= 1,
        };
        if !is_true && violations.len() < MOST_NAMED {
            violations.push(format!(
                "message {number} was processed {processed} times, and reported as {report:?}"
            ));
        }
    }
    if figures.succeeded == 0 {
        violations.push("not one send succeeded".to_owned());
    }
    // In HTTP/1.1 a connection has one request at a time, so a reset breaks one send at most.
    if broken_off > tally.resets.total() {
        let resets = tally.resets.total();
        violations.push(format!(
            "{broken_off} sends broke off, though there were {resets} resets"
        ));
    }
    if tally.malformed > 0 {
        violations.push(format!("{} requests could not be read", tally.malformed));
    }
    violations.extend(rates::collapse(&figures.rates));
    violations.extend(figures.sender.growth("the sending process"));
    violations.extend(figures.service.growth("the service"));
    violations
}

#[cfg(test)]
mod tests {
    use webpubsub_bench::resets::Moments;

    use super::*;

    fn violations(report: Report, processed: u8) -> usize {
        let tally = Tally {
            processed: vec![processed],
            resets: Moments {
                idle: 1,
                ..Moments::default()
            },
            malformed: 0,
        };
        let senders = [Sender::with_reports(&[report])];
        let mut figures = Resets {
            succeeded: 1,
            ..Resets::default()
        };
        check(&mut figures, &senders, &tally).len()
    }

    #[test]
    fn a_report_that_is_not_true_is_seen() {
        let truths = [
            (Report::Success, [false, true, false]),
            (Report::NotProcessed, [true, false, false]),
            (Report::BrokenOff, [true, true, false]),
            (Report::TimedOut, [true, true, false]),
        ];
        for (report, is_true) in truths {
            for (processed, is_true) in (0..).zip(is_true) {
                let found = violations(report, processed);
                assert_eq!(
                    found,
                    usize::from(!is_true),
                    "{report:?}, processed {processed} times"
                );
            }
        }
    }

    #[test]
    fn more_sends_break_off_than_connections_only_by_a_defect() {
        let senders = [Sender::with_reports(&[Report::Success, Report::BrokenOff])];
        let tally = Tally {
            processed: vec![1, 0],
            ..Tally::default()
        };
        let found = check(&mut Resets::default(), &senders, &tally);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
