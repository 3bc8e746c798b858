use std::{fmt::Write as _, fs};

use webpubsub_bench::Outcome;

use crate::{
    machine::Noise,
    options::Options,
    series::{Number, Series},
    target::Target,
};

/// The document as it grows.
#[derive(Default)]
pub(crate) struct Document {
    targets: Vec<Target>,
    chapters: String,
    failures: Vec<String>,
}

const BEFORE: &str = "\
# Performance

Written by `cargo xtask bench`, which measures everything below in one go on one machine: ours, the floors it stands on, and
the other SDKs. Each number is a median, with the least and the most in brackets. What is compared is measured in turn, A B A B, and
ratios are taken round by round. What is measured has a core of its own (`taskset`), what it works with another, but for the
starts and the load runs: the fake service of the REST runs and the clients of the fan-outs take no part of the CPU and the memory
that are told, only of times and rates. CPU is user and system time of the process, by its own account (`getrusage`), from after its
warm-up to the end. Memory is resident memory of the process; what the kernel
keeps for sockets is not in it. All connections are loopback. Below each table stands how its rows were made; the programs are
those of `cargo build --release --package webpubsub-bench`.

What the numbers mean, where a target is missed and why: [performance-notes.md](performance-notes.md).
";

const QUICK: &str = "
**Made with `--quick`: in these sizes the numbers show that the harness works, and nothing of speed.**
";

impl Document {
    pub(crate) fn chapter(&mut self, title: &str, text: &str) {
        let _ = write!(self.chapters, "\n## {title}\n\n{text}\n");
    }

    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.chapters.push('\n');
        self.chapters.push_str(&table(head, rows));
    }

    /// A table of contenders, with a column for each number, and the command lines.
    pub(crate) fn contenders(&mut self, who: &str, columns: &[(&str, Number)], series: &[Series]) {
        let (heads, numbers): (Vec<_>, Vec<_>) = columns.iter().copied().unzip();
        let row = |series: &Series| {
            let mut row = vec![series.name.to_owned()];
            row.extend(series.cells(&numbers));
            row
        };
        let rows: Vec<_> = series.iter().map(row).collect();
        self.table(&[&[who], &heads[..]].concat(), &rows);
        self.chapters.push_str("\n```text\n");
        for Series { name, line, .. } in series {
            let _ = writeln!(self.chapters, "{name}: {line}");
        }
        self.chapters.push_str("```\n");
        self.failures
            .extend(series.iter().filter_map(Series::failure));
    }

    pub(crate) fn target(&mut self, target: Target) {
        self.targets.push(target);
    }

    /// Writes it to where the options say; that something could not be measured is an error, after that.
    #[expect(clippy::print_stdout, reason = "without a file it is printed")]
    pub(crate) fn write(&self, noise: &Noise, options: &Options) -> Outcome {
        let rows: Vec<_> = self.targets.iter().map(Target::row).collect();
        let targets = table(&["what", "target", "measured", "holds"], &rows);
        let size = if options.is_quick { QUICK } else { "" };
        let text = format!(
            "{BEFORE}{size}\n{noise}\n## Targets\n\n{targets}{}",
            self.chapters
        );
        match &options.write {
            Some(path) => fs::write(path, text)?,
            None => println!("{text}"),
        }
        if self.failures.is_empty() {
            return Ok(());
        }
        Err(format!("no figures of {}", self.failures.join("; ")).into())
    }
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}
