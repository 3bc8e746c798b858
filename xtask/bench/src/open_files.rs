//! How many files a process may have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Lets this process open as many files, sockets among them, as the system allows; gives how many.
pub fn raise_limit() -> nix::Result<u64> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    Ok(most)
}
