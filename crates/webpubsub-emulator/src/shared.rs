use std::sync::Arc;

use webpubsub_auth::AccessKey;

use crate::{Limits, connection_id::ConnectionIds, hub::Hubs, tasks::Tasks};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) key: AccessKey,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) ids: ConnectionIds,
    pub(crate) limits: Limits,
    pub(crate) tasks: Tasks,
}
