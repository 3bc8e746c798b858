use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use webpubsub_protocol::{
    ClientProtocol, Endpoint, GroupName, HubName, Role, Token, UserId,
    connection::ACCESS_TOKEN,
    operation::{GenerateClientToken, MinutesToExpire},
};

use crate::{AccessKey, ClientAccessClaims, Error, claims_writer::ClaimsWriter, jwt};

/// How long a client may wait before it connects, unless told otherwise: 60 minutes, as in all official SDKs.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What a WebSocket client is allowed: who it is, its roles, its first groups, and until when it may connect.
///
/// The lifetime counts for connecting only: the service closes no live connection when its token expires. The first
/// value that breaks a rule is the error of [`sign`](Self::sign).
///
/// ```
/// use webpubsub_auth::{AccessKey, ClientAccessToken};
/// use webpubsub_protocol::{ClientProtocol, Endpoint, HubName, Role};
///
/// let endpoint: Endpoint = "https://contoso.webpubsub.azure.com".parse()?;
/// let url = ClientAccessToken::new()
///     .user_id("ann")
///     .roles([Role::SendToAnyGroup, Role::join_leave_group("room")?])
///     .group("room")
///     .claim("department", "sales")
///     .protocol(ClientProtocol::Mqtt)
///     .sign(&endpoint, &HubName::new("chat")?, &AccessKey::new("secret")?)?;
/// assert_eq!(url.base(), "wss://contoso.webpubsub.azure.com/clients/mqtt/hubs/chat");
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a token is not signed until `sign`"]
pub struct ClientAccessToken {
    user: Option<UserId>,
    roles: Vec<Role>,
    groups: Vec<GroupName>,
    lifetime: Duration,
    protocol: ClientProtocol,
    claims: BTreeMap<String, serde_json::Value>,
    headers: BTreeMap<String, serde_json::Value>,
    error: Option<Error>,
}

impl Default for ClientAccessToken {
    fn default() -> Self {
        Self::new()
    }
}

impl ClientAccessToken {
    /// An anonymous client without roles and groups, which may connect for [`DEFAULT_LIFETIME`].
    pub fn new() -> Self {
        Self {
            user: None,
            roles: Vec::new(),
            groups: Vec::new(),
            lifetime: DEFAULT_LIFETIME,
            protocol: ClientProtocol::default(),
            claims: BTreeMap::new(),
            headers: BTreeMap::new(),
            error: None,
        }
    }

    /// The user the connection belongs to.
    pub fn user_id<U>(mut self, user: U) -> Self
    where
        U: TryInto<UserId>,
        webpubsub_protocol::Error: From<U::Error>,
    {
        self.user = self.keep(user.try_into().map_err(webpubsub_protocol::Error::from));
        self
    }

    /// One more role; a text that is no known role passes through as it is.
    pub fn role(mut self, role: impl Into<Role>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// More roles.
    pub fn roles<R: Into<Role>>(self, roles: impl IntoIterator<Item = R>) -> Self {
        roles.into_iter().fold(self, Self::role)
    }

    /// One more group the client is in from the start; this needs no role.
    pub fn group<G>(mut self, group: G) -> Self
    where
        G: TryInto<GroupName>,
        webpubsub_protocol::Error: From<G::Error>,
    {
        let group = self.keep(group.try_into().map_err(webpubsub_protocol::Error::from));
        self.groups.extend(group);
        self
    }

    /// More groups the client is in from the start.
    pub fn groups<G>(self, groups: impl IntoIterator<Item = G>) -> Self
    where
        G: TryInto<GroupName>,
        webpubsub_protocol::Error: From<G::Error>,
    {
        groups.into_iter().fold(self, Self::group)
    }

    /// For how long the client may connect: at least one second; fractions count as a whole second.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// How the client speaks to the service; WebSocket unless told otherwise.
    pub fn protocol(mut self, protocol: ClientProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// A claim of the application's own, which the service passes on to its event handler.
    ///
    /// `aud`, `iat`, `nbf`, `exp`, `sub`, `role` and `webpubsub.group` are not the application's.
    pub fn claim(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        let value = if ClientAccessClaims::RESERVED.contains(&name.as_str()) {
            Err(Error::claims(
                "aud, iat, nbf, exp, sub, role and webpubsub.group cannot be set as extra claims",
            ))
        } else {
            serde_json::to_value(value).map_err(Error::serialize)
        };
        if let Some(value) = self.keep(value) {
            self.claims.insert(name, value);
        }
        self
    }

    /// A field of the token's header, such as `kid` to tell a checker which key signed.
    ///
    /// `alg` and `typ` are not the application's.
    pub fn header(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        let value = if jwt::OWN_HEADERS.contains(&name.as_str()) {
            Err(Error::claims("alg and typ cannot be set as extra headers"))
        } else {
            serde_json::to_value(value).map_err(Error::serialize)
        };
        if let Some(value) = self.keep(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Signs the token for a hub, from now on.
    pub fn sign(
        self,
        endpoint: &Endpoint,
        hub: &HubName,
        key: &AccessKey,
    ) -> Result<ClientAccessUrl, Error> {
        self.sign_at(endpoint, hub, key, SystemTime::now())
    }

    /// Signs the token for a hub, from `now` on.
    pub fn sign_at(
        self,
        endpoint: &Endpoint,
        hub: &HubName,
        key: &AccessKey,
        now: SystemTime,
    ) -> Result<ClientAccessUrl, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let iat = jwt::seconds(now);
        let exp = whole_seconds(self.lifetime)
            .and_then(|lifetime| iat.checked_add(lifetime))
            .filter(|exp| *exp > iat)
            .ok_or_else(lifetime_rule)?;
        let audience = self.protocol.audience(endpoint, hub);
        let mut claims = ClaimsWriter::new();
        claims.text("aud", &audience);
        claims.number("iat", iat);
        claims.number("exp", exp);
        if let Some(user) = &self.user {
            claims.text("sub", user.as_str());
        }
        claims.texts("role", &self.roles);
        claims.texts("webpubsub.group", &self.groups);
        for (name, value) in &self.claims {
            claims.value(name, value);
        }
        let token = jwt::sign_with_headers(&self.headers, &claims.finish(), key)?;
        // What `client_url` gives, without putting it together once more.
        let base = ["ws", &audience["http".len()..]].concat();
        Ok(ClientAccessUrl { base, token })
    }

    /// The operation that has the service sign such a token, for callers without an access key.
    ///
    /// The service counts lifetimes in minutes, up to [`MinutesToExpire::MAX`]: a part of one counts as a whole. It takes
    /// no claims and no headers of the application's own; to ask for some is an error.
    pub fn into_operation(self) -> Result<GenerateClientToken, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if !self.claims.is_empty() || !self.headers.is_empty() {
            return Err(Error::claims(
                "extra claims and headers need an access key: the service signs none",
            ));
        }
        let seconds = whole_seconds(self.lifetime);
        let minutes = seconds.and_then(|seconds| u32::try_from(seconds.div_ceil(60)).ok());
        let minutes = minutes.and_then(|minutes| MinutesToExpire::try_from(minutes).ok());
        let mut operation = GenerateClientToken::new();
        operation.user = self.user;
        operation.roles = self.roles;
        operation.groups = self.groups;
        operation.protocol = self.protocol;
        operation.minutes_to_expire = Some(minutes.ok_or_else(lifetime_rule)?);
        Ok(operation)
    }

    /// The value, or nothing, with its error kept if it is the first.
    fn keep<T>(&mut self, result: Result<T, impl Into<Error>>) -> Option<T> {
        result
            .map_err(|error| self.error.get_or_insert(error.into()))
            .ok()
    }
}

/// A part of a second counts as a whole one.
fn whole_seconds(lifetime: Duration) -> Option<u64> {
    lifetime
        .as_secs()
        .checked_add(u64::from(lifetime.subsec_nanos() > 0))
}

fn lifetime_rule() -> Error {
    Error::claims("the lifetime must be at least one second, and end")
}

// Who the client is, and the application's claims, are not printed.
impl fmt::Debug for ClientAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAccessToken")
            .field("roles", &self.roles)
            .field("groups", &self.groups)
            .field("lifetime", &self.lifetime)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// The URL a WebSocket client connects with. Whoever has it is that client, so it is a secret.
///
/// ```
/// use webpubsub_auth::{AccessKey, ClientAccessToken};
/// use webpubsub_protocol::{Endpoint, HubName};
///
/// let endpoint: Endpoint = "http://localhost:8080".parse()?;
/// let url = ClientAccessToken::new().sign(&endpoint, &HubName::new("chat")?, &AccessKey::new("secret")?)?;
/// assert!(url.expose_url().starts_with("ws://localhost:8080/client/hubs/chat?access_token=ey"));
/// assert_eq!(
///     format!("{url:?}"),
///     "ClientAccessUrl(ws://localhost:8080/client/hubs/chat?access_token=[REDACTED])"
/// );
/// # Ok::<(), webpubsub_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct ClientAccessUrl {
    base: String,
    token: Token,
}

impl ClientAccessUrl {
    /// The URL of a hub's clients with a token that was signed elsewhere.
    #[must_use]
    pub fn new(protocol: ClientProtocol, endpoint: &Endpoint, hub: &HubName, token: Token) -> Self {
        let base = protocol.client_url(endpoint, hub);
        Self { base, token }
    }

    /// The URL without the token: `wss://<host>/client/hubs/<hub>`, or `ws` where the endpoint is `http`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token, for clients that send it in an `Authorization: Bearer` header.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The whole URL, with the token in its query.
    #[must_use]
    pub fn expose_url(&self) -> String {
        format!(
            "{}?{ACCESS_TOKEN}={}",
            self.base,
            self.token.expose_secret()
        )
    }
}

impl fmt::Debug for ClientAccessUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientAccessUrl({}?access_token=[REDACTED])", self.base)
    }
}
