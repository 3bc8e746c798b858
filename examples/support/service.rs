use std::env;

use webpubsub_emulator::Emulator;

use crate::BoxError;

/// The service the examples talk to: the one that `AZURE_WEBPUBSUB_CONNECTION_STRING` names, or else an emulator in
/// this process, which ends when this value is dropped.
#[derive(Debug)]
#[non_exhaustive]
pub enum Service {
    /// Someone else's, by its connection string.
    Remote(String),
    /// This process' own.
    Local(Emulator),
}

impl Service {
    /// Finds or starts the service.
    pub async fn start() -> Result<Self, BoxError> {
        match env::var("AZURE_WEBPUBSUB_CONNECTION_STRING") {
            Ok(connection_string) => Ok(Self::Remote(connection_string)),
            Err(env::VarError::NotPresent) => Ok(Self::Local(Emulator::builder().start().await?)),
            Err(error) => Err(error.into()),
        }
    }

    /// What a service client is made from.
    #[must_use]
    pub fn connection_string(&self) -> String {
        match self {
            Self::Remote(connection_string) => connection_string.clone(),
            Self::Local(emulator) => emulator.connection_string(),
        }
    }
}
