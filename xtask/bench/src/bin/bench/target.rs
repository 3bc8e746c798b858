use crate::series::{Spread, significant};

/// Something to be reached, beside what was measured.
pub(crate) struct Target {
    what: String,
    bound: Bound,
    seen: Spread,
}

#[derive(Clone, Copy)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    pub(crate) fn new(what: impl Into<String>, bound: Bound, seen: Spread) -> Self {
        let what = what.into();
        Self { what, bound, seen }
    }

    fn holds(&self) -> bool {
        match self.bound {
            Bound::AtMost(bound) => self.seen.median <= bound,
            Bound::AtLeast(bound) => self.seen.median >= bound,
        }
    }

    /// Its row: what, the target, what was measured, whether it holds.
    pub(crate) fn row(&self) -> Vec<String> {
        let bound = match self.bound {
            Bound::AtMost(bound) => format!("≤ {}", significant(bound)),
            Bound::AtLeast(bound) => format!("≥ {}", significant(bound)),
        };
        let holds = if self.holds() { "yes" } else { "**no**" };
        vec![
            self.what.clone(),
            bound,
            self.seen.to_string(),
            holds.to_owned(),
        ]
    }
}
