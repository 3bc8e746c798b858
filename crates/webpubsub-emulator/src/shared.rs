use std::sync::Arc;

use crate::{
    Limits, clock::Clock, connection_id::ConnectionIds, faults::Faults, hubs::Hubs, keys::Keys,
    reconnection::ReconnectionTokens, tasks::Tasks, tls::Tls,
};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) keys: Keys,
    pub(crate) allow_unvalidated_entra: bool,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) ids: ConnectionIds,
    pub(crate) reconnection: ReconnectionTokens,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) limits: Arc<Limits>,
    pub(crate) tasks: Tasks,
    pub(crate) tls: Option<Tls>,
}

impl Shared {
    /// The scheme of URLs that lead here.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}
