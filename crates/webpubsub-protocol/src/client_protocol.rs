use std::borrow::Cow;

use crate::{Endpoint, HubName, encoding::encode};

/// How a client speaks to the service; it decides the path clients connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ClientProtocol {
    /// WebSocket with any of the Web PubSub subprotocols, or with none.
    #[default]
    WebSocket,
    /// MQTT over WebSocket.
    Mqtt,
    /// Socket.IO.
    SocketIo,
}

impl ClientProtocol {
    /// The path below the endpoint, without its leading slash and without the hub.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::WebSocket => "client/hubs",
            Self::Mqtt => "clients/mqtt/hubs",
            Self::SocketIo => "clients/socketio/hubs",
        }
    }

    /// The `aud` claim of a token for `hub`: the client URL with its `http` or `https` scheme.
    #[must_use]
    pub fn audience(self, endpoint: &Endpoint, hub: &HubName) -> String {
        self.url(endpoint.scheme().as_str(), endpoint, hub)
    }

    /// The URL clients connect to: the audience with `ws` for `http`, `wss` for `https`.
    #[must_use]
    pub fn client_url(self, endpoint: &Endpoint, hub: &HubName) -> String {
        let scheme = if endpoint.is_secure() { "wss" } else { "ws" };
        self.url(scheme, endpoint, hub)
    }

    fn url(self, scheme: &str, endpoint: &Endpoint, hub: &HubName) -> String {
        let (authority, base) = (endpoint.authority().as_str(), endpoint.path());
        let hub = Cow::from(encode(hub.as_str()));
        // Not `format!`: `concat` knows the length before it allocates.
        [scheme, "://", authority, base, "/", self.path(), "/", &hub].concat()
    }
}
