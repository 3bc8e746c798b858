//! The REST door: checks a request as the service does, and answers as it was recorded to answer.

mod body;
mod execute;
mod routes;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, request::Parts};
use hyper::body::Incoming;
use tracing::debug;
use webpubsub_protocol::{
    ApiVersion, Endpoint, Error, ErrorKind, ServiceError, Target,
    operation::{GenerateClientToken, Operation as _, RequestReader, ServiceStatus, Template},
};

use self::execute::Context;
use crate::{
    auth::{self, Caller, Refused},
    shared::Shared,
};

const API_SUPPORTED_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");

/// The operation that an access key does not open: who has one signs client tokens without the service.
const ENTRA_ONLY: Template = GenerateClientToken::TEMPLATE;

/// Answers one request.
pub(crate) async fn answer(shared: &Shared, request: Request<Incoming>) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    if ServiceStatus::TEMPLATE.matches(parts.uri.path()).is_some()
        && parts.method == ServiceStatus::METHOD
    {
        // The only operation without a token, and without the header of versions.
        return status(ServiceStatus::SUCCESS);
    }
    // Read even when it is refused: the peer, busy with writing, would not see the answer otherwise.
    let body = body::read(&parts, body, shared.limits.request_timeout).await;
    let mut response = if is_authorized(shared, &parts) {
        let done = body.and_then(|body| execute(shared, &Request::from_parts(parts, body)));
        done.unwrap_or_else(|error| error.to_response())
    } else {
        status(StatusCode::UNAUTHORIZED)
    };
    if let Ok(versions) = HeaderValue::try_from(supported_versions()) {
        response
            .headers_mut()
            .insert(API_SUPPORTED_VERSIONS, versions);
    }
    response
}

fn supported_versions() -> String {
    ApiVersion::SUPPORTED
        .map(|version| version.to_string())
        .join(", ")
}

fn is_authorized(shared: &Shared, request: &Parts) -> bool {
    let token = auth::bearer(&request.headers);
    let checked = auth::check_rest(token, shared, &url(request)).and_then(|caller| {
        let is_entra_only = ENTRA_ONLY.matches(request.uri.path()).is_some();
        if is_entra_only && caller != Caller::Entra {
            return Err(Refused::NotEntra);
        }
        Ok(())
    });
    if let Err(reason) = &checked {
        debug!(path = request.uri.path(), %reason, "refused a token");
    }
    checked.is_ok()
}

fn execute(shared: &Shared, request: &Request<Bytes>) -> Result<Response<Bytes>, ServiceError> {
    let (route, segments) = routes::find(request.method(), request.uri().path())?;
    let reader = RequestReader::new(
        segments,
        request.uri().query(),
        request.headers(),
        request.body(),
    )
    .map_err(|error| bad_request(&error))?;
    let hub = reader.name().map_err(|error| bad_request(&error))?;
    let endpoint = endpoint(shared, request.headers()).map_err(|error| bad_request(&error))?;
    let context = Context {
        hub: &shared.hubs.get(&hub),
        key: &shared.keys.primary,
        clock: &shared.clock,
        target: Target::new(endpoint, hub).with_api_version(api_version(&reader)?),
    };
    (route.execute)(&context, &reader)
}

/// The version a request names; none means the newest.
fn api_version(reader: &RequestReader<'_>) -> Result<ApiVersion, ServiceError> {
    let Some(asked) = reader.query(ApiVersion::PARAMETER) else {
        return Ok(ApiVersion::LATEST);
    };
    let known = ApiVersion::SUPPORTED
        .into_iter()
        .find(|known| known.as_str() == asked);
    known.ok_or_else(|| {
        let message = "The api-version is not supported.";
        ServiceError::new(
            StatusCode::BAD_REQUEST,
            "Error.BadRequest",
            message,
            ApiVersion::PARAMETER,
        )
    })
}

/// The service under the name the caller used.
fn endpoint(shared: &Shared, headers: &HeaderMap) -> Result<Endpoint, Error> {
    format!("{}://{}", shared.scheme(), auth::host(headers)).parse()
}

/// Host, path and query: what a token's audience is compared with.
fn url(request: &Parts) -> String {
    let path = request.uri.path_and_query();
    let path = path.map_or("/", |path| path.as_str());
    format!("{}{path}", auth::host(&request.headers))
}

pub(crate) fn status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A request that breaks a rule, in the service's words where they are known.
fn bad_request(error: &Error) -> ServiceError {
    let (status, message) = match error.kind() {
        ErrorKind::UnsupportedContentType => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, error.to_string())
        }
        ErrorKind::InvalidJson => (
            StatusCode::BAD_REQUEST,
            "The request body is not a valid JSON.".to_owned(),
        ),
        _ => (StatusCode::BAD_REQUEST, error.to_string()),
    };
    ServiceError::new(
        status,
        "Error.BadRequest",
        message,
        error.parameter().unwrap_or("Request"),
    )
}
