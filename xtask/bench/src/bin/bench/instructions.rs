//! The instruction counts that `cargo xtask instructions` guards.

use webpubsub_bench::Outcome;

use crate::{
    document::Document,
    series::Spread,
    target::{Bound, Target},
};

const BASELINE: &str = include_str!("../../../instructions.tsv");

pub(crate) fn tell(document: &mut Document) -> Outcome {
    let mut lines = BASELINE.lines();
    let made_with = lines.next().ok_or("the baseline is empty")?;
    let rows: Vec<_> = lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, count)| vec![name.replace('_', " "), count.to_owned()])
        .collect();
    document.chapter(
        "Instructions",
        &format!(
            "Counted with callgrind, user code only, and compared with this baseline in each run of the checks \
             (`cargo xtask instructions`). Made with: {}. Valgrind hides the processor's SHA instructions, so signing counts for more here \
             than it takes.",
            made_with.trim_start_matches(['#', ' '])
        ),
    );
    document.table(&["operation", "instructions"], &rows);
    let send = rows.iter().find(|row| row[0] == "rest send");
    let send = send.ok_or("the baseline does not know a REST send")?;
    let what = "REST send, 64 at once: instructions in user code";
    let seen = Spread::of([send[1].parse()?])?;
    document.target(Target::new(what, Bound::AtMost(40_000.0), seen));
    Ok(())
}
