use bytes::Bytes;
use http::{Method, Response, StatusCode};
use webpubsub_protocol::{
    ServiceError,
    operation::{
        AddConnectionToGroup, CloseConnection, ConnectionExists, GroupExists, Output as _,
        RemoveConnectionFromGroup, RequestReader, Segments, SendToAll, SendToConnection,
        SendToGroup, SendToUser, Template, UserExists,
    },
};

use super::{bad_request, execute::Execute};
use crate::hub::Hubs;

/// How one operation is recognized and carried out.
pub(super) struct Route {
    method: Method,
    template: Template,
    pub(super) execute: fn(&Hubs, &RequestReader<'_>) -> Result<Response<Bytes>, ServiceError>,
}

const ROUTES: [Route; 10] = [
    route::<SendToAll>(),
    route::<SendToGroup>(),
    route::<SendToUser>(),
    route::<SendToConnection>(),
    route::<ConnectionExists>(),
    route::<GroupExists>(),
    route::<UserExists>(),
    route::<CloseConnection>(),
    route::<AddConnectionToGroup>(),
    route::<RemoveConnectionFromGroup>(),
];

/// The service's other operations.
const NOT_YET: [(Method, Template); 14] = [
    (Method::POST, Template::new("/api/hubs/{hub}/:addToGroups")),
    (
        Method::POST,
        Template::new("/api/hubs/{hub}/:removeFromGroups"),
    ),
    (
        Method::POST,
        Template::new("/api/hubs/{hub}/:closeConnections"),
    ),
    (
        Method::POST,
        Template::new("/api/hubs/{hub}/:generateToken"),
    ),
    (
        Method::DELETE,
        Template::new("/api/hubs/{hub}/connections/{connectionId}/groups"),
    ),
    (
        Method::POST,
        Template::new("/api/hubs/{hub}/groups/{group}/:closeConnections"),
    ),
    (
        Method::GET,
        Template::new("/api/hubs/{hub}/groups/{group}/connections"),
    ),
    (
        Method::DELETE,
        Template::new("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}"),
    ),
    (
        Method::HEAD,
        Template::new("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}"),
    ),
    (
        Method::PUT,
        Template::new("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}"),
    ),
    (
        Method::POST,
        Template::new("/api/hubs/{hub}/users/{userId}/:closeConnections"),
    ),
    (
        Method::DELETE,
        Template::new("/api/hubs/{hub}/users/{userId}/groups"),
    ),
    (
        Method::DELETE,
        Template::new("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    ),
    (
        Method::PUT,
        Template::new("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    ),
];

const fn route<O: Execute>() -> Route {
    Route {
        method: O::METHOD,
        template: O::TEMPLATE,
        execute: |hubs, request| {
            let hub = request.name().map_err(|error| bad_request(&error))?;
            let operation = O::read(request).map_err(|error| bad_request(&error))?;
            let output = operation.execute(&hubs.get(&hub))?;
            Ok(output.to_response(O::SUCCESS))
        },
    }
}

/// The route of a request, and the names in its path.
pub(super) fn find<'p>(
    method: &Method,
    path: &'p str,
) -> Result<(Route, Segments<'p>), ServiceError> {
    let found = ROUTES
        .into_iter()
        .filter(|route| route.method == *method)
        .find_map(|route| Some((route.template.matches(path)?, route)));
    if let Some((segments, route)) = found {
        return Ok((route, segments));
    }
    let known = NOT_YET
        .iter()
        .any(|(known, template)| known == method && template.matches(path).is_some());
    Err(if known {
        let message = "The emulator does not have this operation yet.";
        ServiceError::new(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            message,
            "Request",
        )
    } else {
        let message = "There is no operation with this method and path.";
        ServiceError::new(StatusCode::NOT_FOUND, "Error.NotFound", message, "Request")
    })
}
