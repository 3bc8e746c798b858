use std::{borrow::Cow, fmt, str::FromStr};

use crate::Error;

/// A version of the service's REST API: a date such as `2024-12-01`, with `-preview` behind it or not.
///
/// ```
/// use webpubsub_protocol::ApiVersion;
///
/// assert_eq!(ApiVersion::default().as_str(), "2024-12-01");
/// assert_eq!("2023-07-01".parse::<ApiVersion>()?.as_str(), "2023-07-01");
/// assert!("latest".parse::<ApiVersion>().is_err());
/// # Ok::<(), webpubsub_protocol::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion(Cow<'static, str>);

impl ApiVersion {
    /// The newest stable version, which this crate speaks.
    pub const LATEST: Self = Self(Cow::Borrowed("2024-12-01"));

    /// The versions the service lists in its `api-supported-versions` header, oldest first.
    pub const SUPPORTED: [Self; 5] = [
        Self(Cow::Borrowed("2021-10-01")),
        Self(Cow::Borrowed("2022-11-01")),
        Self(Cow::Borrowed("2023-07-01")),
        Self(Cow::Borrowed("2024-01-01")),
        Self::LATEST,
    ];

    /// The query parameter that carries it.
    pub const PARAMETER: &str = "api-version";

    /// The version as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiVersion({self})")
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let date = text.strip_suffix("-preview").unwrap_or(text);
        let is_date = date.len() == 10
            && date.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if is_date {
            Ok(Self(text.to_owned().into()))
        } else {
            let rule = "must be a date such as 2024-12-01, with `-preview` behind it or not";
            Err(Error::argument(Self::PARAMETER, rule))
        }
    }
}

impl TryFrom<&str> for ApiVersion {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}
