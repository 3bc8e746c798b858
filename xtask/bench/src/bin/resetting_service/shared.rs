use std::{
    io::{self, Write as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use webpubsub_bench::resets::{Moments, Tally};

/// What all connections count together.
#[derive(Debug, Default)]
pub(crate) struct Shared(Mutex<Tally>);

impl Shared {
    /// The message with this number is processed.
    pub(crate) fn process(&self, number: usize) {
        let processed = &mut self.lock().processed;
        if processed.len() <= number {
            processed.resize(number + 1, 0);
        }
        processed[number] = processed[number].saturating_add(1);
    }

    /// A connection is about to be reset.
    pub(crate) fn count(&self, moment: impl FnOnce(&mut Moments) -> &mut u64) {
        *moment(&mut self.lock().resets) += 1;
    }

    /// A request was none that it knows.
    pub(crate) fn malformed(&self) {
        self.lock().malformed += 1;
    }

    /// Prints all of it.
    pub(crate) fn report(&self) -> io::Result<()> {
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, &*self.lock())?;
        writeln!(output)
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
