use std::fmt;

use webpubsub_bench::{Figures, Outcome};

use crate::subject::{Missing, Subject};

/// One number of some figures.
pub(crate) type Number = fn(&Figures) -> f64;

/// Someone who is measured, by its name in the document.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) subject: Subject,
}

/// What one contender was seen to take, round by round; or why it could not be measured.
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// How it was measured.
    pub(crate) line: String,
    rounds: Result<Vec<Figures>, Missing>,
}

/// Measures all in turn, A B A B, so that a machine whose speed drifts does so for all.
pub(crate) async fn interleaved(contenders: Vec<Contender>, rounds: usize) -> Vec<Series> {
    let series = |contender: &Contender| Series {
        name: contender.name,
        line: contender.subject.line(),
        rounds: Ok(Vec::new()),
    };
    let mut all: Vec<_> = contenders.iter().map(series).collect();
    for _ in 0..rounds {
        for (contender, series) in contenders.iter().zip(&mut all) {
            let Ok(rounds) = &mut series.rounds else {
                continue;
            };
            match contender.subject.measure().await {
                Ok(figures) => rounds.push(figures),
                Err(missing) => series.rounds = Err(missing),
            }
        }
    }
    all
}

/// The series with this name.
pub(crate) fn named<'s>(series: &'s [Series], name: &str) -> Outcome<&'s Series> {
    let found = series.iter().find(|series| series.name == name);
    Ok(found.ok_or_else(|| format!("nothing was measured as {name}"))?)
}

impl Series {
    /// One number of each round, taken together.
    pub(crate) fn spread(&self, number: impl Fn(&Figures) -> f64) -> Outcome<Spread> {
        Spread::of(self.rounds()?.iter().map(number))
    }

    /// How many times the other's number this one's is, round by round.
    pub(crate) fn ratio(&self, other: &Self, number: impl Fn(&Figures) -> f64) -> Outcome<Spread> {
        let pairs = self.rounds()?.iter().zip(other.rounds()?);
        Spread::of(pairs.map(|(one, other)| number(one) / number(other)))
    }

    /// The cells of its row in a table; those of one that is missing say why, once.
    pub(crate) fn cells(&self, numbers: &[Number]) -> Vec<String> {
        let cell = |number: &Number| {
            let spread = self.spread(number);
            spread.map_or_else(|_| String::new(), |spread| spread.to_string())
        };
        let mut cells: Vec<_> = numbers.iter().map(cell).collect();
        if let (Err(missing), Some(first)) = (&self.rounds, cells.first_mut()) {
            *first = format!("missing: {missing}");
        }
        cells
    }

    /// Why there is nothing of a contender that could be measured.
    pub(crate) fn failure(&self) -> Option<String> {
        match &self.rounds {
            Err(Missing::Failed(error)) => Some(format!("{}: {error}", self.name)),
            Ok(_) | Err(Missing::NotInstalled) => None,
        }
    }

    fn rounds(&self) -> Outcome<&[Figures]> {
        match &self.rounds {
            Ok(rounds) => Ok(rounds),
            Err(missing) => Err(format!("{}: {missing}", self.name).into()),
        }
    }
}

/// A number that was measured several times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Outcome<Self> {
        let mut numbers: Vec<_> = numbers.into_iter().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        let (Some(&least), Some(&most)) = (numbers.first(), numbers.last()) else {
            return Err("nothing was measured".into());
        };
        let middle = numbers.len() / 2;
        let median = if numbers.len() % 2 == 1 {
            numbers[middle]
        } else {
            f64::midpoint(numbers[middle - 1], numbers[middle])
        };
        Ok(Self {
            median,
            least,
            most,
        })
    }
}

/// Three figures that count of each number.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            median,
            least,
            most,
        } = *self;
        write!(
            f,
            "{} ({}–{})",
            significant(median),
            significant(least),
            significant(most)
        )
    }
}

pub(crate) fn significant(number: f64) -> String {
    match number.abs() {
        1_000.0.. => thousands(&format!("{number:.0}")),
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        1.0.. => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

/// Digits with a comma before each three.
fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        let shown = [999.6, 1_234.0, 67_805.0, 1_234_567.4, -1_234.0].map(significant);
        assert_eq!(shown, ["1000", "1,234", "67,805", "1,234,567", "-1,234"]);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let odd = Spread::of([3.0, 1.0, 20.0]).unwrap();
        assert_eq!(odd.to_string(), "3.00 (1.00–20.0)");
        let even = Spread::of([1.0, 2.0, 4.0, 100.0]).unwrap();
        assert_eq!(even.to_string(), "3.00 (1.00–100)");
        assert!(Spread::of([]).is_err());
    }
}
