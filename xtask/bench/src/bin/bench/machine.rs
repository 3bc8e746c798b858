use std::{collections::BTreeSet, ffi::OsStr, fmt, fs, process::Command};

use webpubsub_bench::Outcome;

const PROFILE: &str = if cfg!(debug_assertions) {
    "dev profile"
} else {
    "release profile: thin LTO, one codegen unit"
};

/// The machine, and what it had done when the measurements began.
pub(crate) struct Machine {
    begun: Ticks,
}

/// How much of the machine's time others took.
pub(crate) struct Noise {
    stolen: f64,
}

/// Time of all cores since the machine's start, in the kernel's ticks.
#[derive(Clone, Copy)]
struct Ticks {
    all: f64,
    stolen: f64,
}

impl Machine {
    pub(crate) fn look() -> Outcome<Self> {
        let begun = Ticks::now()?;
        Ok(Self { begun })
    }

    pub(crate) fn since(&self) -> Outcome<Noise> {
        let now = Ticks::now()?;
        Ok(Noise {
            stolen: (now.stolen - self.begun.stolen) / (now.all - self.begun.all),
        })
    }
}

impl Ticks {
    fn now() -> Outcome<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> = line
            .split_whitespace()
            .skip(1)
            .filter_map(|ticks| ticks.parse().ok())
            .collect();
        // user, nice, system, idle, iowait, irq, softirq, steal.
        Ok(Self {
            all: ticks.iter().take(8).sum(),
            stolen: *ticks.get(7).ok_or("the kernel does not tell its time")?,
        })
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let names: BTreeSet<_> = info
            .lines()
            .filter_map(|line| line.strip_prefix("model name"))
            .map(|name| name.trim_start_matches(['\t', ' ', ':']))
            .collect();
        let names: Vec<_> = names.into_iter().collect();
        let cores = info
            .lines()
            .filter(|line| line.starts_with("processor"))
            .count();
        let date = said("date", &["-u", "+%Y-%m-%d"]);
        let kernel = said("uname", &["-sr"]);
        let rustc = said("rustc", &["--version"]);
        writeln!(
            f,
            "On {date}: {cores} cores of {}, {kernel}, {rustc} ({PROFILE}). How noisy the machine was is seen from the brackets; the \
             hypervisor took {:.1} % of its time.",
            names.join(", "),
            self.stolen * 100.0
        )
    }
}

/// The first line a program prints.
pub(crate) fn said(program: impl AsRef<OsStr>, arguments: &[&str]) -> String {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.ok()
        .and_then(|text| text.lines().next().map(str::to_owned))
        .unwrap_or_else(|| format!("(no {})", program.display()))
}
