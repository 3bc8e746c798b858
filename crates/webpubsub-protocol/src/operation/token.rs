use std::num::NonZeroU32;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::{
    Idempotency, Operation, Output, RequestReader, RequestWriter, Template,
    number::{self, MAX_INT32, in_range},
    output::{from_json, to_json},
};
use crate::{ClientProtocol, Error, GroupName, Role, Token, UserId};

const USER: &str = "userId";
const ROLE: &str = "role";
const MINUTES: &str = "minutesToExpire";
const GROUP: &str = "group";
const CLIENT_TYPE: &str = "clientType";

/// Asks the service for a client access token; only callers with an Entra ID token may, others sign it themselves.
///
/// Changes nothing at the service: a repeat gives another token, as good as the first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct GenerateClientToken {
    /// The user the connection belongs to.
    pub user: Option<UserId>,
    /// What the client may do.
    pub roles: Vec<Role>,
    /// The groups the client is in from the start.
    pub groups: Vec<GroupName>,
    /// For how long the client may connect; without it 60 minutes.
    pub minutes_to_expire: Option<MinutesToExpire>,
    /// How the client speaks to the service.
    pub protocol: ClientProtocol,
}

impl GenerateClientToken {
    /// A token for an anonymous client without roles and groups.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Operation for GenerateClientToken {
    type Output = Token;

    const NAME: &'static str = "generate_client_token";
    const METHOD: Method = Method::POST;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/:generateToken");
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), Error> {
        if let Some(user) = &self.user {
            request.query(USER, user.as_str());
        }
        for role in &self.roles {
            request.query(ROLE, &role.to_string());
        }
        if let Some(minutes) = self.minutes_to_expire {
            request.query(MINUTES, &minutes.get().to_string());
        }
        for group in &self.groups {
            request.query_since("2022-11-01", GROUP, group.as_str())?;
        }
        if self.protocol == ClientProtocol::default() {
            request.query(CLIENT_TYPE, client_type(self.protocol));
            return Ok(());
        }
        request.query_since("2024-01-01", CLIENT_TYPE, client_type(self.protocol))
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, Error> {
        let user = request.query(USER).filter(|user| !user.is_empty());
        Ok(Self {
            user: user.map(TryInto::try_into).transpose()?,
            roles: request.query_all(ROLE).map(Role::from).collect(),
            groups: request
                .query_all(GROUP)
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            minutes_to_expire: number::read(request, MINUTES)?,
            protocol: request
                .query(CLIENT_TYPE)
                .map_or(Ok(ClientProtocol::default()), protocol)?,
        })
    }
}

/// A lifetime in whole minutes, from 1 to 2,147,483,647 (the service's contract, `minutesToExpire`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinutesToExpire(NonZeroU32);

impl MinutesToExpire {
    /// The longest lifetime.
    pub const MAX: u32 = MAX_INT32;

    /// The minutes.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for MinutesToExpire {
    type Error = Error;

    fn try_from(minutes: u32) -> Result<Self, Error> {
        let rule = "must be whole minutes from 1 to 2,147,483,647";
        in_range(minutes, Self::MAX, MINUTES, rule).map(Self)
    }
}

fn client_type(protocol: ClientProtocol) -> &'static str {
    match protocol {
        ClientProtocol::WebSocket => "Default",
        ClientProtocol::Mqtt => "MQTT",
        // Not in the contract; the official SDKs send it.
        ClientProtocol::SocketIo => "SocketIO",
    }
}

fn protocol(name: &str) -> Result<ClientProtocol, Error> {
    [
        ClientProtocol::WebSocket,
        ClientProtocol::Mqtt,
        ClientProtocol::SocketIo,
    ]
    .into_iter()
    .find(|protocol| client_type(*protocol).eq_ignore_ascii_case(name))
    .ok_or_else(|| Error::argument(CLIENT_TYPE, "must be Default, MQTT or SocketIO"))
}

/// The answer's JSON.
#[derive(Serialize, Deserialize)]
struct Body<T> {
    token: T,
}

impl Output for Token {
    fn from_response(response: &Response<Bytes>, success: StatusCode) -> Result<Self, Error> {
        from_json(response, success).map(|Body { token }| token)
    }

    fn to_response(&self, success: StatusCode) -> Response<Bytes> {
        let token = self.expose_secret();
        to_json(&Body { token }, success)
    }
}
