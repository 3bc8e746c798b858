//! Time that passes only where the server lets the client wait: a test is as fast as the machine, and tells the same on
//! a slow one.

use std::{pin::pin, sync::mpsc, time::Duration};

use tokio::time::advance;

use super::server::Server;
use crate::support::PATIENCE;

/// How long the server lets the client wait: beyond the timeout of an attempt.
pub(super) const HANG: Duration = Duration::from_secs(2);

/// Keeps a paused clock still while the network is waited for, up to where a test has failed.
pub(super) fn hold() -> mpsc::Sender<()> {
    let (held, released) = mpsc::channel();
    // As long as a thread works, tokio does not move the clock by itself.
    tokio::task::spawn_blocking(move || released.recv_timeout(PATIENCE));
    held
}

/// The end of a call, of which time passes with each time the server hangs.
pub(super) async fn outlast<T>(server: &Server, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    loop {
        tokio::select! {
            ended = &mut call => return ended,
            () = server.hanging() => advance(HANG).await,
        }
    }
}
