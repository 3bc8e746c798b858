//! Whole numbers of the contract that begin at 1.

use std::num::NonZeroU32;

use super::RequestReader;
use crate::Error;

/// The largest number of the contract's type, `int32`.
pub(super) const MAX_INT32: u32 = i32::MAX as u32;

/// The number, if it is from 1 to `max`; the error names parameter and rule.
pub(super) fn in_range(
    number: u32,
    max: u32,
    parameter: &'static str,
    rule: &'static str,
) -> Result<NonZeroU32, Error> {
    NonZeroU32::new(number)
        .filter(|number| number.get() <= max)
        .ok_or_else(|| Error::argument(parameter, rule))
}

/// Reads such a number from the query.
pub(super) fn read<T: TryFrom<u32, Error = Error>>(
    request: &RequestReader<'_>,
    key: &str,
) -> Result<Option<T>, Error> {
    // What is no number is as far out of range as 0.
    let number = request.query(key).map(|text| text.parse().unwrap_or(0));
    number.map(T::try_from).transpose()
}
