//! Our requests against those that the official SDKs sent for the same calls.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Request, header};
use serde_json::Value;
use webpubsub_protocol::{
    Endpoint, GroupName, Message, Permission, Target, UserId,
    operation::{
        AddConnectionsToGroups, CloseAllConnections, CloseConnection, ConnectionExists, Filter,
        GrantPermission, ListConnectionsInGroup, Operation, PagedOperation,
        RemoveConnectionsFromGroups, SendToAll, SendToUser, UserExists, WithExcluded, WithFilter,
        WithMessageTtl, WithReason, WithTargetName,
    },
};

use crate::support::{connection, group, query_pairs, rows, target, ttl, user};

/// Call, method, host, path, query, content type and body.
type Row = [&'static str; 7];

const TABLES: [(&str, &str, usize); 2] = [
    ("Python", include_str!("wire_equality/python.tsv"), 17),
    (
        "JavaScript",
        include_str!("wire_equality/javascript.tsv"),
        16,
    ),
];

/// Where our request is another than an SDK's: SDK, call, what differs, and why.
const DIFFERENCES: [(&str, &str, &str, &str); 1] = [(
    "Python",
    "send-to-all-json",
    "body",
    "Python escapes what is not ASCII and puts spaces behind `,` and `:`; it is the same JSON value",
)];

/// Our request for each call, to a server at `host`.
fn ours(host: &str) -> BTreeMap<&'static str, Request<Bytes>> {
    fn to<O: Operation>(target: &Target, operation: &O) -> Request<Bytes> {
        operation.to_request(target).unwrap()
    }
    let x = || Message::text("x");
    let (name, port) = host.rsplit_once(':').unwrap();
    let by_port = format!("http://{name}").parse::<Endpoint>().unwrap();
    let by_port = by_port.with_port(port.parse().unwrap()).unwrap();
    let by_port = target(&by_port.to_string());
    let slash = target(&format!("http://{host}/"));
    let target = target(&format!("http://{host}"));

    let json = Message::json(&serde_json::json!({ "hello": "wörld", "n": [1, 2] })).unwrap();
    let bytes = Message::binary(Bytes::from_static(b"\x00\x01\xffbin"));
    let some = || {
        SendToAll::new(x())
            .excluded([connection("c1"), connection("c 2")])
            .filter(Filter::raw("userId eq 'a b'"))
    };
    let close = CloseConnection::new(connection("conn1")).reason("bye now");
    let close_all = CloseAllConnections::new()
        .excluded([connection("c1")])
        .reason("r");
    let grant =
        GrantPermission::new(Permission::SendToGroup, connection("conn1")).target_name(group());
    let list = ListConnectionsInGroup::new(GroupName::new("g 1").unwrap());
    let mut list_top = list.clone();
    list_top.top = Some(3.try_into().unwrap());
    let link = format!(
        "http://{host}/api/hubs/Chat/groups/g%201/connections?api-version=2024-12-01&continuationToken=abc"
    );
    let next_page = ListConnectionsInGroup::next_page_request(&target, &link).unwrap();
    let to_user =
        SendToUser::new(UserId::new("a/b").unwrap(), x()).filter(Filter::raw("protocol eq 'mqtt'"));
    let groups = || vec![GroupName::new("g1").unwrap()];
    let is_x = || Filter::raw("userId eq 'x'");

    BTreeMap::from([
        ("port-field", to(&by_port, &SendToAll::new(x()))),
        ("port-in-endpoint", to(&target, &SendToAll::new(x()))),
        ("trailing-slash", to(&slash, &SendToAll::new(x()))),
        ("localhost", to(&target, &SendToAll::new(x()))),
        (
            "send-to-all-text",
            to(&target, &SendToAll::new(Message::text("héllo"))),
        ),
        ("send-to-all-json", to(&target, &SendToAll::new(json))),
        ("send-to-all-binary", to(&target, &SendToAll::new(bytes))),
        ("send-to-all-filter-excluded", to(&target, &some())),
        (
            "send-to-all-filter-excluded-ttl",
            to(&target, &some().message_ttl(ttl())),
        ),
        ("send-to-user", to(&target, &to_user)),
        ("user-exists", to(&target, &UserExists::new(user()))),
        (
            "connection-exists",
            to(&target, &ConnectionExists::new(connection("conn1"))),
        ),
        ("close-connection", to(&target, &close)),
        ("close-all-connections", to(&target, &close_all)),
        ("grant-permission", to(&target, &grant)),
        ("list-connections", to(&target, &list)),
        ("list-connections-next-page", next_page.clone()),
        ("list-connections-top", to(&target, &list_top)),
        ("list-connections-top-next-page", next_page),
        (
            "add-connections-to-groups",
            to(
                &target,
                &AddConnectionsToGroups::new(groups()).filter(is_x()),
            ),
        ),
        (
            "remove-connections-from-groups",
            to(
                &target,
                &RemoveConnectionsFromGroups::new(groups()).filter(is_x()),
            ),
        ),
    ])
}

/// A body as the tables write it: nothing, bytes, or text.
fn body(cell: &str) -> Bytes {
    let byte = |hex| u8::from_str_radix(hex, 16).unwrap();
    match (cell, cell.strip_prefix("bytes ")) {
        ("-", _) => Bytes::new(),
        (_, Some(bytes)) => bytes.split(' ').map(byte).collect(),
        (text, None) => Bytes::copy_from_slice(text.as_bytes()),
    }
}

/// What differs between our request and a row of a table.
fn differences(ours: &Request<Bytes>, theirs: Row) -> Vec<&'static str> {
    let [_, method, host, path, query, content_type, text] = theirs;
    let our_type = ours.headers().get(header::CONTENT_TYPE);
    let json = |body: &[u8]| serde_json::from_slice::<Value>(body).ok();
    let uri = ours.uri();
    [
        ("method", ours.method() == method),
        ("host", uri.authority().unwrap() == host),
        ("path", uri.path() == path),
        (
            "query",
            query_pairs(uri.query().unwrap()) == query_pairs(query),
        ),
        (
            "content type",
            our_type.map_or("-", |value| value.to_str().unwrap()) == content_type,
        ),
        ("body", ours.body() == &body(text)),
        (
            "JSON value",
            content_type != "application/json" || json(ours.body()) == json(&body(text)),
        ),
    ]
    .into_iter()
    .filter_map(|(what, is_equal)| (!is_equal).then_some(what))
    .collect()
}

#[test]
fn our_requests_are_those_of_the_official_sdks_but_for_known_differences() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for (sdk, table, count) in TABLES {
        let rows: Vec<Row> = rows(table).collect();
        assert_eq!(rows.len(), count, "{sdk}");
        for row in rows {
            let [call, _, host, ..] = row;
            let mut ours = ours(host);
            let request = ours
                .remove(call)
                .unwrap_or_else(|| panic!("{call} is not ours"));
            let differing = differences(&request, row);
            found.extend(differing.into_iter().map(|what| (sdk, call, what)));
            used.insert(call);
        }
    }
    let known = DIFFERENCES.map(|(sdk, call, what, _)| (sdk, call, what));
    assert_eq!(found, known);
    let all: BTreeSet<_> = ours("localhost:1").into_keys().collect();
    assert_eq!(used, all);
}
