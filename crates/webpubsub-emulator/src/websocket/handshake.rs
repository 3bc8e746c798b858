use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version, header,
    request::Parts,
};
use tracing::debug;
use webpubsub_protocol::{
    GroupName, HubName, Role, ServiceError, UserId,
    connection::ACCESS_TOKEN,
    frame::Subprotocol,
    operation::{RequestReader, Template},
};

use super::{
    Speaker,
    plain_client::{Mode, PlainClient},
    recovery,
    subprotocol_client::SubprotocolClient,
};
use crate::{
    auth, faults::Target, member::Member, permissions::Permissions, rest, shared::Shared, socket,
};

const HUB_IN_PATH: Template = Template::new("/client/hubs/{hub}");
const HUB_IN_QUERY: [Template; 2] = [Template::new("/client"), Template::new("/client/")];

/// A client that is let in.
pub(super) struct Accepted {
    pub(super) arrival: Arrival,
    pub(super) response: Response<Bytes>,
}

/// What a client comes for.
pub(super) enum Arrival {
    New(Box<Newcomer>),
    /// Its connection of before; `None` is one it cannot have, of which it hears after the handshake.
    Back(Option<Arc<Member>>),
}

impl Arrival {
    pub(super) fn as_target(&self) -> Target<'_> {
        match self {
            Self::New(newcomer) => Target {
                connection: None,
                user: newcomer.user.as_ref(),
            },
            Self::Back(Some(member)) => member.as_target(),
            Self::Back(None) => Target {
                connection: None,
                user: None,
            },
        }
    }
}

/// A client that gets a new connection.
pub(super) struct Newcomer {
    pub(super) hub: HubName,
    pub(super) user: Option<UserId>,
    pub(super) groups: Vec<GroupName>,
    pub(super) permissions: Permissions,
    pub(super) speaker: Speaker,
}

/// Why a client is turned away.
pub(super) enum Refusal {
    /// With this status, and nothing that says why.
    Silent(StatusCode),
    Error(ServiceError),
}

impl Refusal {
    pub(super) fn to_response(&self) -> Response<Bytes> {
        match self {
            Self::Error(error) => error.to_response(),
            Self::Silent(status) => rest::status(*status),
        }
    }
}

/// Whether clients connect at this path.
pub(crate) fn is_client_path(path: &str) -> bool {
    path == "/client" || path.starts_with("/client/")
}

/// Lets a client in, or says why not.
pub(super) fn accept(shared: &Shared, request: &Parts) -> Result<Accepted, Refusal> {
    let key = websocket_key(request).ok_or_else(|| bad_request("This is a WebSocket endpoint."))?;
    let body = Bytes::new();
    let reader = reader(request, &body)?;
    let hub = hub(request, &reader)?;
    let subprotocol = negotiate(request)?;
    let arrival = if recovery::is_asked_for(&reader) {
        Arrival::Back(recovery::find(shared, &hub, subprotocol, &reader))
    } else {
        Arrival::New(Box::new(newcomer(
            shared,
            hub,
            subprotocol,
            request,
            &reader,
        )?))
    };
    Ok(Accepted {
        arrival,
        response: switching_protocols(key, subprotocol),
    })
}

fn newcomer(
    shared: &Shared,
    hub: HubName,
    subprotocol: Option<Subprotocol>,
    request: &Parts,
    reader: &RequestReader<'_>,
) -> Result<Newcomer, Refusal> {
    let token = reader
        .query(ACCESS_TOKEN)
        .or_else(|| auth::bearer(&request.headers));
    let host = auth::host(&request.headers);
    let url = format!("{host}/client/hubs/{hub}");
    let claims = auth::check_client(token, shared, &url).map_err(|reason| {
        debug!(path = request.uri.path(), %reason, "refused a token");
        // The log says what is wrong with the token, the answer does not.
        Refusal::Silent(StatusCode::UNAUTHORIZED)
    })?;

    let groups = claims
        .groups
        .into_iter()
        .map(GroupName::new)
        .collect::<Result<_, _>>();
    let groups = groups.map_err(|error| bad_request(&error.to_string()))?;
    let permissions = Permissions::of_roles(claims.role.into_iter().map(Role::from));
    let permissions = permissions.map_err(|error| bad_request(&error.to_string()))?;
    let speaker = if let Some(subprotocol) = subprotocol {
        Speaker::Subprotocol(SubprotocolClient::new(subprotocol))
    } else {
        let mode = Mode::read(reader).map_err(|rule| bad_request(&rule))?;
        Speaker::Plain(PlainClient::new(mode))
    };
    Ok(Newcomer {
        hub,
        user: claims.sub.and_then(|user| UserId::new(user).ok()),
        groups,
        permissions,
        speaker,
    })
}

/// The key of a WebSocket handshake (RFC 6455, section 4.2.1), if the request is one.
fn websocket_key(request: &Parts) -> Option<&[u8]> {
    let lists = |name, token: &str| {
        list(&request.headers, &name).any(|value| value.eq_ignore_ascii_case(token))
    };
    let is_handshake = request.method == Method::GET
        && request.version == Version::HTTP_11
        && lists(header::CONNECTION, "upgrade")
        && lists(header::UPGRADE, "websocket")
        && lists(header::SEC_WEBSOCKET_VERSION, "13");
    let key = request.headers.get(header::SEC_WEBSOCKET_KEY)?.as_bytes();
    let is_key = STANDARD.decode(key).is_ok_and(|nonce| nonce.len() == 16);
    (is_handshake && is_key).then_some(key)
}

fn reader<'r>(request: &'r Parts, body: &'r Bytes) -> Result<RequestReader<'r>, Refusal> {
    let path = request.uri.path();
    let mut templates = [HUB_IN_PATH].into_iter().chain(HUB_IN_QUERY);
    let segments = templates.find_map(|template| template.matches(path));
    let segments = segments
        .ok_or_else(|| bad_request("The path must be /client/hubs/{hub} or /client/?hub={hub}."))?;
    RequestReader::new(segments, request.uri.query(), &request.headers, body)
        .map_err(|error| bad_request(&error.to_string()))
}

fn hub(request: &Parts, reader: &RequestReader<'_>) -> Result<HubName, Refusal> {
    let hub = match HUB_IN_PATH.matches(request.uri.path()) {
        Some(_) => reader.name(),
        None => HubName::new(reader.query("hub").unwrap_or_default()),
    };
    hub.map_err(|error| bad_request(&error.to_string()))
}

/// The first subprotocol offered that the service knows; a client that offers none is a plain one.
fn negotiate(request: &Parts) -> Result<Option<Subprotocol>, Refusal> {
    let offers: Vec<&str> = list(&request.headers, &header::SEC_WEBSOCKET_PROTOCOL).collect();
    let known = offers
        .iter()
        .find_map(|offer| Subprotocol::from_name(offer));
    if known.is_none() && !offers.is_empty() {
        let message = "None of the subprotocols offered is one of the service's. A custom one needs the answer of an \
            event handler, and the emulator has none.";
        return Err(bad_request(message));
    }
    Ok(known)
}

fn switching_protocols(key: &[u8], subprotocol: Option<Subprotocol>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(socket::accept_key(key)) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(subprotocol) = subprotocol {
        headers.insert(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(subprotocol.as_str()),
        );
    }
    response
}

/// The values of a header that is a list, whether in one line or in many.
fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

fn bad_request(message: &str) -> Refusal {
    Refusal::Error(ServiceError::new(
        StatusCode::BAD_REQUEST,
        "Error.BadRequest",
        message,
        "Request",
    ))
}
