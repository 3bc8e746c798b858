//! How a server that is measured is spoken to.

use std::{
    io::{self, BufRead as _, Write as _},
    net::SocketAddr,
};

use crate::Usage;

/// Says where this server is reached, then answers each line on standard input with what the process has used so far.
/// Returns when the input ends: the server is to end too.
pub fn stand_by(address: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{address}")?;
    output.flush()?;
    for line in io::stdin().lock().lines() {
        line?;
        let usage = serde_json::to_string(&Usage::now())?;
        writeln!(output, "{usage}")?;
        output.flush()?;
    }
    Ok(())
}

/// What a server that knows no keys says in place of a connection string.
#[must_use]
pub fn connection_string(address: SocketAddr) -> String {
    format!("Endpoint=http://{address};AccessKey=none;Version=1.0;")
}
