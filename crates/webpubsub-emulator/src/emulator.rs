use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, time::timeout};
use webpubsub_auth::{AccessKey, ConnectionString};
use webpubsub_protocol::Endpoint;

use crate::{
    Clock, Error, Limits, connection_id::ConnectionIds, faults::Faults, hubs::Hubs, keys::Keys,
    reconnection::ReconnectionTokens, server, shared::Shared, socket::Close, tasks::Tasks,
    tls::Tls,
};

/// The port of the official emulator, on which the program of this crate listens too.
pub const DEFAULT_PORT: u16 = 8080;

/// The access key of the official emulator: well known, and no secret.
pub const DEFAULT_ACCESS_KEY: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";

/// How long [`Emulator::stop`] waits for requests and clients beyond their own timeouts.
const STOP_GRACE: Duration = Duration::from_secs(1);

/// A running service. [`stop`](Self::stop) ends it gracefully, and then its port is free. Dropping it cuts all off as
/// soon as the runtime gets to it.
#[must_use = "the emulator ends when it is dropped"]
pub struct Emulator {
    address: SocketAddr,
    connection_string: ConnectionString,
    shared: Arc<Shared>,
}

/// Settings of an [`Emulator`].
#[derive(Debug)]
#[must_use = "a builder starts nothing until `start`"]
pub struct Builder {
    host: String,
    port: u16,
    access_key: Result<AccessKey, webpubsub_auth::Error>,
    secondary_access_key: Option<Result<AccessKey, webpubsub_auth::Error>>,
    allow_unvalidated_entra: bool,
    tls: Option<MakeTls>,
    clock: Clock,
    limits: Limits,
}

/// Makes what encrypts connections to a host.
type MakeTls = fn(&str) -> Result<Tls, Error>;

impl Emulator {
    /// An emulator on 127.0.0.1, on a free port, with [`DEFAULT_ACCESS_KEY`], unless told otherwise.
    pub fn builder() -> Builder {
        Builder {
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: 0,
            access_key: AccessKey::new(DEFAULT_ACCESS_KEY),
            secondary_access_key: None,
            allow_unvalidated_entra: false,
            tls: None,
            clock: Clock::real(),
            limits: Limits::default(),
        }
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What service clients are made from: `Endpoint=http://<address>;AccessKey=<key>;Version=1.0;`, with `https` if it
    /// speaks TLS.
    #[must_use]
    pub fn connection_string(&self) -> String {
        self.connection_string.expose_secret()
    }

    /// The same with the secondary access key, if there is one.
    #[must_use]
    pub fn secondary_connection_string(&self) -> Option<String> {
        let key = self.shared.keys.secondary.clone()?;
        Some(ConnectionString::new(self.endpoint().clone(), key).expose_secret())
    }

    /// The certificate clients have to trust, in PEM, if the emulator speaks TLS.
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.shared.tls.as_ref().map(Tls::certificate_pem)
    }

    /// The endpoint service clients and WebSocket clients reach it at.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.connection_string.endpoint()
    }

    /// Makes the emulator fail on purpose, now or later.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// Takes no more work, says goodbye to the clients (code 1001), and waits until all is done, for as long as the
    /// limits allow a client to close.
    pub async fn stop(self) {
        let Shared {
            tasks,
            hubs,
            limits,
            ..
        } = &*self.shared;
        tasks.stopping.cancel();
        hubs.close_all("The service is stopping.", &Close::GOING_AWAY);
        // What has not ended by then is cut off when `self` is dropped.
        let _ = timeout(limits.close_timeout + STOP_GRACE, tasks.wait()).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.tasks.kill();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// The name or address to listen on.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The port to listen on; 0 is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The key tokens are signed with: [`connection_string`](Emulator::connection_string) holds it.
    pub fn access_key(mut self, access_key: impl Into<String>) -> Self {
        self.access_key = AccessKey::new(access_key);
        self
    }

    /// A second key, as good as the first: the service has two, so that one can be replaced while the other is in use.
    pub fn secondary_access_key(mut self, access_key: impl Into<String>) -> Self {
        self.secondary_access_key = Some(AccessKey::new(access_key));
        self
    }

    /// Whether REST requests may bring an Entra ID token, which is one with the audience
    /// `https://webpubsub.azure.com`. Its time is checked, its signature is not: anyone can make one. Off unless told
    /// otherwise.
    pub fn allow_unvalidated_entra(mut self, allow: bool) -> Self {
        self.allow_unvalidated_entra = allow;
        self
    }

    /// Speaks https and wss in place of http and ws, which clients that authenticate with Entra ID insist on. The
    /// certificate is made at start, signed by itself, good for a year and for localhost, 127.0.0.1, ::1 and the
    /// [host](Self::host); clients have to be told to trust [it](Emulator::certificate_pem).
    #[cfg(feature = "tls")]
    pub fn tls(mut self) -> Self {
        self.tls = Some(Tls::new);
        self
    }

    /// What one connection may hold, and how long the emulator waits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The clock to go by; real time unless told otherwise.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts the emulator on the runtime of the caller; when this returns, it takes requests.
    pub async fn start(self) -> Result<Emulator, Error> {
        let bad_key = |error| Error::access_key(&error);
        let keys = Keys {
            primary: self.access_key.map_err(bad_key)?,
            secondary: self.secondary_access_key.transpose().map_err(bad_key)?,
        };
        // An IPv6 address is as good with the brackets it has in a URL.
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let asked = format!("{}:{}", self.host, self.port);
        let bind = |error| Error::bind(&asked, error);
        let listener = TcpListener::bind((host, self.port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;

        let hubs = Arc::new(Hubs::default());
        let shared = Arc::new(Shared {
            keys,
            allow_unvalidated_entra: self.allow_unvalidated_entra,
            faults: Faults::new(&hubs),
            hubs,
            ids: ConnectionIds::new(),
            reconnection: ReconnectionTokens::new(),
            clock: self.clock,
            limits: Arc::new(self.limits.within_range()),
            tasks: Tasks::default(),
            tls: self.tls.map(|tls| tls(host)).transpose()?,
        });
        let endpoint = format!("{}://{}", shared.scheme(), reachable(address));
        let endpoint =
            Endpoint::try_from(endpoint).map_err(|error| bind(std::io::Error::other(error)))?;
        let connection_string = ConnectionString::new(endpoint, shared.keys.primary.clone());
        shared
            .tasks
            .spawn(server::accept(Arc::clone(&shared), listener));
        Ok(Emulator {
            address,
            connection_string,
            shared,
        })
    }
}

/// An address to connect to: "any address" is one to listen on only.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
