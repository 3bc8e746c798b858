//! How a load run ends.

use std::{error::Error, process::ExitCode};

use serde::Serialize;

/// Something, or why the run could not go on, in a sentence.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// What a run that came to its end has to tell.
#[derive(Debug)]
pub struct Findings<F> {
    /// What was measured.
    pub figures: F,
    /// What should not have been, a sentence each.
    pub violations: Vec<String>,
}

impl<F: Serialize> Findings<F> {
    /// Prints the figures as one line of JSON, and on standard error what was wrong. The program is to end with this.
    ///
    /// # Panics
    ///
    /// When nobody takes the line.
    #[must_use]
    #[expect(
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "this is how a load reports"
    )]
    pub fn conclude(outcome: Outcome<Self>) -> ExitCode {
        let violations = match outcome {
            Ok(Self {
                figures,
                violations,
            }) => {
                let line = serde_json::to_string(&figures).expect("numbers are JSON");
                println!("{line}");
                violations
            }
            Err(error) => vec![error.to_string()],
        };
        for violation in &violations {
            eprintln!("violation: {violation}");
        }
        if violations.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
