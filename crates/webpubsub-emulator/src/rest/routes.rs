use bytes::Bytes;
use http::{Method, Response, StatusCode};
use webpubsub_protocol::{
    ServiceError,
    operation::{
        AddConnectionToGroup, AddConnectionsToGroups, AddUserToGroup, CheckPermission,
        CloseAllConnections, CloseConnection, CloseGroupConnections, CloseUserConnections,
        ConnectionExists, GenerateClientToken, GrantPermission, GroupExists,
        ListConnectionsInGroup, Output as _, RemoveConnectionFromAllGroups,
        RemoveConnectionFromGroup, RemoveConnectionsFromGroups, RemoveUserFromAllGroups,
        RemoveUserFromGroup, RequestReader, RevokePermission, Segments, SendToAll,
        SendToConnection, SendToGroup, SendToUser, Template, UserExists,
    },
};

use super::{
    bad_request,
    execute::{Context, Execute},
};

/// How one operation is recognized and carried out.
pub(super) struct Route {
    method: Method,
    template: Template,
    pub(super) execute:
        fn(&Context<'_>, &RequestReader<'_>) -> Result<Response<Bytes>, ServiceError>,
}

const ROUTES: [Route; 24] = [
    route::<SendToAll>(),
    route::<SendToGroup>(),
    route::<SendToUser>(),
    route::<SendToConnection>(),
    route::<ConnectionExists>(),
    route::<GroupExists>(),
    route::<UserExists>(),
    route::<CloseConnection>(),
    route::<CloseAllConnections>(),
    route::<CloseGroupConnections>(),
    route::<CloseUserConnections>(),
    route::<AddConnectionToGroup>(),
    route::<RemoveConnectionFromGroup>(),
    route::<RemoveConnectionFromAllGroups>(),
    route::<AddUserToGroup>(),
    route::<RemoveUserFromGroup>(),
    route::<RemoveUserFromAllGroups>(),
    route::<AddConnectionsToGroups>(),
    route::<RemoveConnectionsFromGroups>(),
    route::<ListConnectionsInGroup>(),
    route::<GrantPermission>(),
    route::<RevokePermission>(),
    route::<CheckPermission>(),
    route::<GenerateClientToken>(),
];

const fn route<O: Execute>() -> Route {
    Route {
        method: O::METHOD,
        template: O::TEMPLATE,
        execute: |service, request| {
            let operation = O::read(request).map_err(|error| bad_request(&error))?;
            let output = operation.execute(service)?;
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
    let (segments, route) = found.ok_or_else(|| {
        let message = "There is no operation with this method and path.";
        ServiceError::new(StatusCode::NOT_FOUND, "Error.NotFound", message, "Request")
    })?;
    Ok((route, segments))
}
