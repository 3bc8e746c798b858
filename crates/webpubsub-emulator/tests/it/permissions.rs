use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, Service, member, user};

/// The path of a permission of a connection for a group.
fn path(permission: &str, connection: &str, group: &str) -> String {
    format!("/permissions/{permission}/connections/{connection}?targetName={group}")
}

/// Whether a client may do something with a group, as its own frame shows.
async fn may(client: &mut Client, kind: &str, group: &str, ack_id: u64) -> bool {
    let frame = json!({ "type": kind, "group": group, "data": 1, "ackId": ack_id });
    client.ask(frame).await["success"] == true
}

#[tokio::test]
async fn what_is_granted_and_revoked_holds_at_once_on_the_live_connection() {
    let service = Service::start().await;
    let mut ack_id = 0;
    for (permission, kind) in [
        ("sendToGroup", "sendToGroup"),
        ("joinLeaveGroup", "joinGroup"),
        ("joinLeaveGroup", "leaveGroup"),
    ] {
        for token in [user("guest"), member("member")] {
            let mut client = service.json(token).await;
            let path = path(permission, &client.id, "a%20%2F%20b");
            for (method, status, allowed) in [
                ("PUT", 200, true),
                ("DELETE", 204, false),
                ("PUT", 200, true),
                ("DELETE", 204, false),
            ] {
                assert_eq!(service.rest(method, &path).await.status, status);
                ack_id += 1;
                assert_eq!(may(&mut client, kind, "a / b", ack_id).await, allowed);
                let checked = if allowed { 200 } else { 404 };
                assert_eq!(service.rest("HEAD", &path).await.status, checked);
            }
        }
    }
}

#[tokio::test]
async fn a_rule_for_one_group_leaves_the_others_and_the_other_action_alone() {
    let service = Service::start().await;
    let mut client = service.json(member("ann")).await;
    service
        .rest("DELETE", &path("sendToGroup", &client.id, "g"))
        .await;
    assert!(!may(&mut client, "sendToGroup", "g", 1).await);
    assert!(may(&mut client, "sendToGroup", "other", 2).await);
    assert!(may(&mut client, "joinGroup", "g", 3).await);
}

#[tokio::test]
async fn a_plain_client_loses_what_is_revoked() {
    let service = Service::start().await;
    let url = service.client_url(member("ann"));
    let url = format!("{url}&webpubsub_mode=sendToGroup&group=g");
    let mut listener = service.json(user("bob").group("g")).await;
    let mut plain = service.connect_to(&url, None).await.unwrap();
    plain.send(Message::text("before")).await;
    assert_eq!(listener.next_json().await["data"], "before");

    // A plain client is not told its id: a group tells it.
    service.rest("PUT", "/users/ann/groups/mine").await;
    let list = service.rest("GET", "/groups/mine/connections").await.text;
    let list: Value = serde_json::from_str(list.lines().last().unwrap()).unwrap();
    let id = list["value"][0]["connectionId"].as_str().unwrap();
    assert_eq!(
        service
            .rest("DELETE", &path("sendToGroup", id, "g"))
            .await
            .status,
        204
    );
    plain.send(Message::text("after")).await;
    assert_eq!(plain.closed().await.0, 1008);
}

#[tokio::test]
async fn permissions_of_a_connection_that_is_gone_are_as_recorded() {
    let service = Service::start().await;
    let path = path("sendToGroup", "fake-connection-id", "g");
    let mut answers = Vec::new();
    for method in ["PUT", "HEAD", "DELETE"] {
        let answer = service.rest(method, &path).await;
        answers.push(format!("== {method}\n{}", answer.text));
    }
    insta::assert_snapshot!(answers.join("\n\n"));
}

#[tokio::test]
async fn what_is_no_permission_for_a_group_is_refused() {
    let service = Service::start().await;
    let client = service.json(user("ann")).await;
    let paths = [
        path("sendToGroup", &client.id, ""),
        path("sendToGroup", &client.id, "%20"),
        path("fly", &client.id, "g"),
        format!("/permissions/sendToGroup/connections/{}", client.id),
    ];
    for path in paths {
        for method in ["PUT", "DELETE", "HEAD"] {
            let answer = service.rest(method, &path).await;
            assert_eq!(answer.status, 400, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_connection_has_at_most_a_thousand_rules() {
    let service = Service::start().await;
    let client = service.json(user("ann")).await;
    for n in 0..1000 {
        let granted = path("joinLeaveGroup", &client.id, &n.to_string());
        assert_eq!(service.rest("PUT", &granted).await.status, 200);
    }
    let one_more = path("sendToGroup", &client.id, "0");
    let refused = service.rest("PUT", &one_more).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let known = path("joinLeaveGroup", &client.id, "0");
    for (method, status) in [("PUT", 200), ("DELETE", 204)] {
        assert_eq!(service.rest(method, &known).await.status, status);
    }
    assert_eq!(service.rest("PUT", &one_more).await.status, 200);
}

#[tokio::test]
async fn roles_with_wildcards_are_evaluated() {
    let service = Service::start().await;
    let roles = [
        "webpubsub.sendToGroups.room.*",
        r"webpubsub.sendToGroups.\*",
        "webpubsub.joinLeaveGroups.**.vip-?",
        "webpubsub.joinLeaveGroups.broken\\",
    ];
    let mut client = service.json(user("ann").roles(roles)).await;
    let table = [
        ("sendToGroup", "room.1", true),
        ("sendToGroup", "room.1.x", false),
        ("sendToGroup", "*", true),
        ("sendToGroup", "x", false),
        ("joinGroup", "a.b.vip-1", true),
        ("joinGroup", "a.b.vip-.", false),
        ("joinGroup", "room.1", false),
        ("joinGroup", "broken\\", false),
    ];
    for (ack_id, (kind, group, allowed)) in (0..).zip(table) {
        let answer = may(&mut client, kind, group, ack_id).await;
        assert_eq!(answer, allowed, "{kind} {group}");
    }
    // REST names a group, not a pattern.
    let path = path("sendToGroup", &client.id, "lobby.*");
    assert_eq!(service.rest("PUT", &path).await.status, 200);
    assert!(may(&mut client, "sendToGroup", "lobby.*", 100).await);
    assert!(!may(&mut client, "sendToGroup", "lobby.1", 101).await);
}

#[tokio::test]
async fn a_token_with_too_many_patterns_is_a_bad_request() {
    let service = Service::start().await;
    let roles = |count| (0..count).map(|n| format!("webpubsub.sendToGroups.{n}.*"));
    service.json(user("ann").roles(roles(10))).await;
    let url = service.client_url(user("ann").roles(roles(11)));
    let refused = service.connect_to(&url, None).await;
    assert_eq!(refused.err(), Some(http::StatusCode::BAD_REQUEST));
}
