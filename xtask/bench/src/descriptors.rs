//! How many files a process may have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::Outcome;

/// Lets this process open as many files, sockets among them, as the system allows; gives how many.
pub fn raise() -> Outcome<u64> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    Ok(hard)
}
