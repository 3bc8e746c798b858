//! How many connections a process may have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Allows this process as many open files as the system lets it have.
pub fn raise_limit() -> nix::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)
}
