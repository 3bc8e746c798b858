//! The command line of a load run.

use lexopt::{Arg, Parser, ValueExt as _};

use crate::Outcome;

/// Reads `--name N` for each of these; what is not given stays as it is.
pub fn read(options: &mut [(&str, &mut u64)]) -> Outcome {
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        let Arg::Long(name) = argument else {
            return Err(argument.unexpected().into());
        };
        let Some(index) = options.iter().position(|(known, _)| *known == name) else {
            return Err(argument.unexpected().into());
        };
        *options[index].1 = arguments.value()?.parse()?;
    }
    Ok(())
}
