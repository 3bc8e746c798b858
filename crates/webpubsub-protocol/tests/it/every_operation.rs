//! One sample of each operation, with all its options.

use std::fmt::Debug;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use webpubsub_protocol::{
    ClientProtocol, Error, Message, Metadata, Permission, Role,
    operation::{
        AddConnectionToGroup, AddConnectionsToGroups, AddUserToGroup, CheckPermission,
        CloseAllConnections, CloseConnection, CloseGroupConnections, CloseUserConnections,
        ConnectionExists, Filter, GenerateClientToken, GrantPermission, GroupExists,
        ListConnectionsInGroup, Operation, OperationInfo, RemoveConnectionFromAllGroups,
        RemoveConnectionFromGroup, RemoveConnectionsFromGroups, RemoveUserFromAllGroups,
        RemoveUserFromGroup, RevokePermission, SendToAll, SendToConnection, SendToGroup,
        SendToUser, ServiceStatus, UserExists, WithExcluded, WithFilter, WithMessageTtl,
        WithReason, WithTargetName,
    },
};

use crate::support::{checked_request, connection, group, read_back, ttl, user};

/// An operation whose type is forgotten: its request and what its type can do.
pub(crate) struct Sample {
    pub(crate) info: OperationInfo,
    pub(crate) success: StatusCode,
    pub(crate) request: Request<Bytes>,
    /// Reads such an operation from a request.
    pub(crate) read: fn(&Request<Bytes>) -> Result<(), Error>,
    /// Reads the output from an answer.
    pub(crate) parse: fn(&Response<Bytes>) -> Result<(), Error>,
}

fn sample<O: Operation + PartialEq + Debug>(operation: &O) -> Sample {
    let request = checked_request(operation);
    Sample {
        info: *request.extensions().get().unwrap(),
        success: O::SUCCESS,
        request,
        read: |request| read_back::<O>(request).map(drop),
        parse: |response| O::parse_response(response).map(drop),
    }
}

/// All operations; those that send, send `message`.
pub(crate) fn every_operation(message: &Message) -> [Sample; 25] {
    let message = || {
        let metadata = Metadata::new().with("Trace-Id", "1 2").unwrap();
        message.clone().with_metadata(metadata)
    };
    let excluded = || [connection("c1"), connection("c 2")];
    let filter = || Filter::raw("userId eq 'a b'");
    let c1 = || connection("-_c");

    let mut token = GenerateClientToken::new();
    token.user = Some(user());
    token.roles = vec![
        Role::SendToAnyGroup,
        Role::join_leave_group(group()).unwrap(),
    ];
    token.groups = vec![group(), "g".try_into().unwrap()];
    token.minutes_to_expire = Some(90.try_into().unwrap());
    token.protocol = ClientProtocol::Mqtt;

    let mut list = ListConnectionsInGroup::new(group());
    list.max_page_size = Some(200.try_into().unwrap());
    list.top = Some(1000.try_into().unwrap());
    list.continuation_token = Some("a+b/c=".to_owned());

    [
        sample(&ServiceStatus::default()),
        sample(&token),
        sample(
            &SendToAll::new(message())
                .excluded(excluded())
                .filter(filter())
                .message_ttl(ttl()),
        ),
        sample(
            &SendToGroup::new(group(), message())
                .excluded(excluded())
                .filter(filter())
                .message_ttl(ttl()),
        ),
        sample(
            &SendToUser::new(user(), message())
                .filter(filter())
                .message_ttl(ttl()),
        ),
        sample(&SendToConnection::new(c1(), message()).message_ttl(ttl())),
        sample(&ConnectionExists::new(c1())),
        sample(&GroupExists::new(group())),
        sample(&UserExists::new(user())),
        sample(&CloseConnection::new(c1()).reason("bye & now")),
        sample(
            &CloseAllConnections::new()
                .excluded(excluded())
                .reason("bye"),
        ),
        sample(
            &CloseGroupConnections::new(group())
                .excluded(excluded())
                .reason("bye"),
        ),
        sample(
            &CloseUserConnections::new(user())
                .excluded(excluded())
                .reason("bye"),
        ),
        sample(&AddConnectionToGroup::new(group(), c1())),
        sample(&RemoveConnectionFromGroup::new(group(), c1())),
        sample(&RemoveConnectionFromAllGroups::new(c1())),
        sample(&AddUserToGroup::new(group(), user())),
        sample(&RemoveUserFromGroup::new(group(), user())),
        sample(&RemoveUserFromAllGroups::new(user())),
        sample(&AddConnectionsToGroups::new(vec![group()]).filter(filter())),
        sample(&RemoveConnectionsFromGroups::new(vec![group()]).filter(filter())),
        sample(&list),
        sample(&GrantPermission::new(Permission::SendToGroup, c1()).target_name(group())),
        sample(&RevokePermission::new(Permission::JoinLeaveGroup, c1()).target_name(group())),
        sample(&CheckPermission::new("invokeEvents".into(), c1()).target_name(group())),
    ]
}
