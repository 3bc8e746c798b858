use std::fmt;

use tokio::sync::watch;
use webpubsub_protocol::ConnectionId;

/// What a client is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Nothing: not started, or stopped.
    #[default]
    Stopped,
    /// It makes its first connection.
    Connecting,
    /// It is connected, and the service has greeted it.
    Connected {
        /// The connection.
        connection_id: ConnectionId,
    },
    /// Its socket broke, and it tries to take up the same connection again (reliable subprotocols only).
    Recovering {
        /// The connection.
        connection_id: ConnectionId,
    },
    /// Its connection is lost, and it tries to make another.
    Reconnecting,
}

impl ConnectionState {
    /// Whether what is sent now goes out now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }

    /// The connection, if there is one.
    #[must_use]
    pub fn connection_id(&self) -> Option<&ConnectionId> {
        match self {
            Self::Connected { connection_id } | Self::Recovering { connection_id } => {
                Some(connection_id)
            }
            Self::Stopped | Self::Connecting | Self::Reconnecting => None,
        }
    }
}

/// Watches the [`ConnectionState`] of a client. It sees the newest state: one that did not last may be passed over, which
/// the events never do.
#[derive(Clone)]
pub struct StateWatch(pub(crate) watch::Receiver<ConnectionState>);

impl StateWatch {
    /// The state now.
    #[must_use]
    pub fn get(&self) -> ConnectionState {
        self.0.borrow().clone()
    }

    /// Waits for another state than the one seen last; `None` when the client is gone.
    pub async fn changed(&mut self) -> Option<ConnectionState> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().clone())
    }

    /// Waits until the state is one that `is_wanted`; `None` when the client is gone before.
    pub async fn wait_for(
        &mut self,
        mut is_wanted: impl FnMut(&ConnectionState) -> bool,
    ) -> Option<ConnectionState> {
        let state = self.0.wait_for(|state| is_wanted(state)).await.ok()?;
        Some(state.clone())
    }
}

impl fmt::Debug for StateWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateWatch").field(&self.get()).finish()
    }
}
