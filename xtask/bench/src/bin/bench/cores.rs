//! The core of what is measured, and the core of what it works with: nothing is measured against itself.

use std::fs;

use webpubsub_bench::Outcome;

/// That of what is measured.
pub(crate) fn measured() -> Outcome<usize> {
    Ok(pair(&fs::read_to_string(STATUS)?).ok_or(UNTOLD)?.1)
}

/// That of all else.
pub(crate) fn other() -> Outcome<usize> {
    Ok(pair(&fs::read_to_string(STATUS)?).ok_or(UNTOLD)?.0)
}

const STATUS: &str = "/proc/self/status";
const UNTOLD: &str = "the kernel does not tell on which cores this may run";

/// The first two this process may run on; where there is one only, it is both.
fn pair(status: &str) -> Option<(usize, usize)> {
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let mut cores = list.trim().split(',').filter_map(range).flatten();
    let first = cores.next()?;
    Some((first, cores.next().unwrap_or(first)))
}

fn range(text: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_are_taken() {
        for (list, expected) in [
            ("0-1", Some((0, 1))),
            ("4-7", Some((4, 5))),
            ("2,5", Some((2, 5))),
            ("3", Some((3, 3))),
            ("", None),
        ] {
            let status = format!("Name:\tbench\nCpus_allowed_list:\t{list}\n");
            assert_eq!(pair(&status), expected, "{list}");
        }
    }
}
