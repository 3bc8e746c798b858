use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use webpubsub_protocol::frame::Subprotocol;
use webpubsub_transport::{TransportConfig, Upgrader};

use crate::{
    ClientOptions, Error, Events, WebPubSubClient, WebPubSubClientCredential, driver::Dialing,
};

/// Settings of a [`WebPubSubClient`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until `build`"]
pub struct Builder {
    credential: WebPubSubClientCredential,
    options: ClientOptions,
    transport: TransportConfig,
    headers: HeaderMap,
}

impl Builder {
    pub(crate) fn new(credential: WebPubSubClientCredential) -> Self {
        Self {
            credential,
            options: ClientOptions::default(),
            transport: TransportConfig::default(),
            headers: HeaderMap::new(),
        }
    }

    /// All options at once, in place of the defaults and of what was set before.
    pub fn options(self, options: ClientOptions) -> Self {
        Self { options, ..self }
    }

    /// How frames are written, and whether messages survive a broken socket; JSON, reliable, unless told otherwise.
    pub fn subprotocol(mut self, subprotocol: Subprotocol) -> Self {
        self.options.subprotocol = subprotocol;
        self
    }

    /// Whether a lost connection is followed by a new one; yes unless told otherwise.
    pub fn auto_reconnect(mut self, auto_reconnect: bool) -> Self {
        self.options.auto_reconnect = auto_reconnect;
        self
    }

    /// Whether groups are joined again on a new connection; yes unless told otherwise.
    pub fn auto_rejoin_groups(mut self, auto_rejoin_groups: bool) -> Self {
        self.options.auto_rejoin_groups = auto_rejoin_groups;
        self
    }

    /// How long a call may wait for the service's answer; 30 s unless told otherwise.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.options.ack_timeout = timeout;
        self
    }

    /// Proxy, TLS, the time for making a connection and the application's id in `User-Agent`; other settings of it do not
    /// concern a WebSocket.
    pub fn transport(self, transport: TransportConfig) -> Self {
        Self { transport, ..self }
    }

    /// One more header of the request that opens a socket, as a gateway may want it. It is not sent as it is when it
    /// belongs to the WebSocket protocol.
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        // It may be what a gateway lets the client in for.
        value.set_sensitive(true);
        self.headers.append(name, value);
        self
    }

    /// The client, and what will happen to it.
    ///
    /// An error of kind [`Config`](crate::ErrorKind::Config) if the URL is none to connect to, or if `max_pending` or
    /// `event_capacity` is 0.
    pub fn build(self) -> Result<(WebPubSubClient, Events), Error> {
        self.credential.check()?;
        if self.options.max_pending == 0 || self.options.event_capacity == 0 {
            return Err(Error::config(
                "`max_pending` and `event_capacity` must be at least 1",
            ));
        }
        let dialing = Dialing {
            credential: self.credential,
            upgrader: Arc::new(Upgrader::new(self.transport)),
            headers: self.headers,
            options: self.options.within_range(),
        };
        Ok(WebPubSubClient::with(dialing))
    }
}
