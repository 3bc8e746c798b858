use std::{fmt::Write as _, fs};

use crate::command::{Outcome, host, output, program, read, root};

const FILE: &str = "xtask/bench/instructions.tsv";

const UPDATE: &str = "cargo xtask instructions --update";

/// From how many per cent more on the check fails.
const TOLERANCE: u64 = 5;

/// The instructions each operation took once.
pub(super) struct Baseline {
    /// The compiler that made the programs.
    maker: String,
    counts: Vec<(String, u64)>,
}

impl Baseline {
    /// The committed one.
    pub(super) fn read() -> Outcome<Self> {
        let text = read(FILE)?;
        let (maker, counts) = parse(&text)?;
        let maker = maker.to_owned();
        Ok(Self { maker, counts })
    }

    pub(super) fn write(counts: &[(&str, u64)]) -> Outcome {
        let text = shown(&compiler()?, counts);
        fs::write(root().join(FILE), text).map_err(|error| format!("{FILE}: {error}"))?;
        println!("{FILE} is the baseline now: commit it, and say why the counts changed");
        Ok(())
    }

    /// Tells how the counts changed; fails with all that have grown.
    pub(super) fn compare(&self, counts: &[(&str, u64)]) -> Outcome {
        let (maker, here) = (&self.maker, compiler()?);
        if *maker != here {
            println!(
                "the baseline was made with {maker}, this is {here}: what differs may be their doing; \
                `{UPDATE}` on a clean main makes one for here"
            );
        }
        let mut grown = Vec::new();
        for &(name, now) in counts {
            let known = self.counts.iter().find(|(known, _)| known == name);
            let &(_, before) =
                known.ok_or_else(|| format!("{FILE} does not know {name}: run `{UPDATE}`"))?;
            let percent = percent(now.abs_diff(before), before);
            match change(before, now) {
                Change::Grown => grown.push(format!(
                    "{name} takes {percent} more instructions than the baseline: {now}, it was {before}"
                )),
                Change::Shrunk => println!(
                    "well done: {name} takes {percent} fewer instructions than the baseline, {now} instead of \
                    {before}; keep it so with `{UPDATE}`"
                ),
                Change::Small => {}
            }
        }
        if grown.is_empty() {
            return Ok(());
        }
        let grown = grown.join("; ");
        Err(format!(
            "{grown} (no more than {TOLERANCE} % are allowed; if it is worth it, run `{UPDATE}`)"
        ))
    }
}

#[derive(Debug, PartialEq)]
enum Change {
    Grown,
    Shrunk,
    Small,
}

fn change(before: u64, now: u64) -> Change {
    if now * 100 > before * (100 + TOLERANCE) {
        Change::Grown
    } else if now * 100 < before * (100 - TOLERANCE) {
        Change::Shrunk
    } else {
        Change::Small
    }
}

fn percent(part: u64, whole: u64) -> String {
    let per_mille = part * 1_000 / whole.max(1);
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

/// What made the programs, and what decides which instructions they choose when they run.
fn compiler() -> Outcome<String> {
    let version = output(program("rustc").arg("-V"))?;
    let features = if has_avx2() { "with" } else { "without" };
    Ok(format!(
        "{} for {} {features} AVX2",
        version.trim(),
        host()?
    ))
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}

fn shown(compiler: &str, counts: &[(&str, u64)]) -> String {
    let mut text = format!("# {compiler}\n");
    for (name, count) in counts {
        let _ = writeln!(text, "{name}\t{count}");
    }
    text
}

/// Who made a baseline, and its counts.
fn parse(text: &str) -> Outcome<(&str, Vec<(String, u64)>)> {
    let malformed = || format!("{FILE} is not what `{UPDATE}` writes: run it on a clean main");
    let mut lines = text.lines();
    let maker = lines.next().and_then(|line| line.strip_prefix("# "));
    let count = |line: &str| {
        let (name, count) = line.split_once('\t')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    let counts: Option<Vec<_>> = lines.map(count).collect();
    maker.zip(counts).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let text = shown("rustc 1.95.0 for here", &[("a", 10), ("b", 20)]);
        let (maker, counts) = parse(&text).unwrap();
        assert_eq!(maker, "rustc 1.95.0 for here");
        assert_eq!(counts, [("a".to_owned(), 10), ("b".to_owned(), 20)]);
        for other in ["", "a\t10\n", "# rustc\na 10\n", "# rustc\na\tten\n"] {
            assert!(parse(other).is_err(), "{other}");
        }
    }

    #[test]
    fn five_per_cent_are_no_change() {
        for (now, expected) in [
            (949, Change::Shrunk),
            (950, Change::Small),
            (1_050, Change::Small),
            (1_051, Change::Grown),
        ] {
            assert_eq!(change(1_000, now), expected, "{now}");
        }
    }

    #[test]
    fn what_has_grown_is_named_with_its_counts() {
        let maker = "rustc 1.95.0 for here".to_owned();
        let counts = vec![("a".to_owned(), 1_000), ("b".to_owned(), 1_000)];
        let baseline = Baseline { maker, counts };
        baseline.compare(&[("a", 1_050), ("b", 500)]).unwrap();
        let error = baseline.compare(&[("a", 1_073), ("b", 1_000)]).unwrap_err();
        assert!(error.starts_with("a takes 7.3 % more"), "{error}");
        assert!(error.contains("1073, it was 1000"), "{error}");
        let unknown = baseline.compare(&[("c", 1)]).unwrap_err();
        assert!(unknown.contains("does not know c"), "{unknown}");
    }
}
