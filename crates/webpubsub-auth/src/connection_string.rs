use std::str::FromStr;

use webpubsub_protocol::Endpoint;

use crate::{AccessKey, Error};

/// An endpoint and its access key, as the Azure portal shows them:
/// `Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;`.
///
/// Keys are read without regard to case, spaces around keys and values are trimmed, `Port=<1..=65535>` replaces the
/// endpoint's port, `Version` and keys that are not known are ignored, one `;` may end the string. A known key that
/// repeats or has no value, a part without `=`, an empty part and a missing endpoint or key are errors.
///
/// ```
/// use webpubsub_auth::ConnectionString;
///
/// let connection: ConnectionString = "Endpoint=http://localhost;AccessKey=secret;Port=8080".parse()?;
/// assert_eq!(connection.endpoint().to_string(), "http://localhost:8080");
///
/// let error = "Endpoint=http://localhost".parse::<ConnectionString>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid connection string: AccessKey is missing");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConnectionString {
    endpoint: Endpoint,
    access_key: AccessKey,
}

const ENDPOINT: &str = "Endpoint";
const ACCESS_KEY: &str = "AccessKey";
const PORT: &str = "Port";
const VERSION: &str = "Version";

impl ConnectionString {
    /// The connection string of an endpoint and a key.
    #[must_use]
    pub fn new(endpoint: Endpoint, access_key: AccessKey) -> Self {
        Self {
            endpoint,
            access_key,
        }
    }

    /// Where the service listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The key tokens are signed with.
    #[must_use]
    pub fn access_key(&self) -> &AccessKey {
        &self.access_key
    }

    /// The connection string itself, with the key in it.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        let key = self.access_key.expose_secret();
        format!(
            "{ENDPOINT}={};{ACCESS_KEY}={key};{VERSION}=1.0;",
            self.endpoint
        )
    }
}

/// The values of the known keys.
#[derive(Default)]
struct Parts<'s> {
    endpoint: Option<&'s str>,
    access_key: Option<&'s str>,
    port: Option<&'s str>,
    version: Option<&'s str>,
}

impl<'s> Parts<'s> {
    fn parse(text: &'s str) -> Result<Self, Error> {
        let mut parts = Self::default();
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::connection_string("it is empty"));
        }
        for (index, part) in text
            .strip_suffix(';')
            .unwrap_or(text)
            .split(';')
            .enumerate()
        {
            // A part without `=` may be a piece of the key: it is named by its place.
            let (key, value) = part.split_once('=').ok_or_else(|| {
                Error::connection_string(format!("part {} is not of the form key=value", index + 1))
            })?;
            parts.set(key.trim(), value.trim())?;
        }
        Ok(parts)
    }

    fn set(&mut self, key: &str, value: &'s str) -> Result<(), Error> {
        let known = [
            (ENDPOINT, &mut self.endpoint),
            (ACCESS_KEY, &mut self.access_key),
            (PORT, &mut self.port),
            (VERSION, &mut self.version),
        ];
        let Some((name, slot)) = known
            .into_iter()
            .find(|(name, _)| key.eq_ignore_ascii_case(name))
        else {
            return Ok(());
        };
        if value.is_empty() {
            return Err(Error::connection_string(format!("{name} is empty")));
        }
        if slot.replace(value).is_some() {
            return Err(Error::connection_string(format!("{name} is given twice")));
        }
        Ok(())
    }
}

impl FromStr for ConnectionString {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = Parts::parse(text)?;
        let missing = |name| move || Error::connection_string(format!("{name} is missing"));
        let endpoint = parts.endpoint.ok_or_else(missing(ENDPOINT))?;
        let access_key = parts.access_key.ok_or_else(missing(ACCESS_KEY))?;

        let mut endpoint: Endpoint = endpoint.parse().map_err(|error| invalid(&error))?;
        if let Some(port) = parts.port {
            let port = port.parse().ok().filter(|port| *port != 0);
            let port =
                port.ok_or_else(|| Error::connection_string("Port must be from 1 to 65535"))?;
            endpoint = endpoint.with_port(port).map_err(|error| invalid(&error))?;
        }
        Ok(Self {
            endpoint,
            access_key: AccessKey::new(access_key)?,
        })
    }
}

fn invalid(value: &webpubsub_protocol::Error) -> Error {
    Error::connection_string(value.to_string())
}

impl TryFrom<&str> for ConnectionString {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}
