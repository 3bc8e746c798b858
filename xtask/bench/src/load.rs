//! How a load with connections is spoken to.

use std::io::{self, Write as _};

/// Says that all is prepared, and waits for a line on standard input.
pub fn ready() -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "ready")?;
    output.flush()?;
    drop(output);
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// Waits until standard input ends, while the server can be asked what its connections cost.
pub fn linger() -> io::Result<()> {
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}
