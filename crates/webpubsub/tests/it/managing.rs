//! Membership, permissions, lists and closing, by their effect in the emulator.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use webpubsub::{
    ClientAccessToken, Message, Permission, WebPubSubServiceClient, blocking,
    filter::{groups, user_id},
    transport::CallOptions,
};

use crate::support::{Received, Receiver, client_of, emulator};

#[tokio::test]
async fn users_and_filters_decide_who_is_in_a_group() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let mut ann = Receiver::of(&client, "ann", &["vip"]).await;
    let mut bob = Receiver::of(&client, "bob", &[]).await;

    client.add_user_to_group("room", "bob").await.unwrap();
    client
        .group("room")
        .send(Message::text("to bob"))
        .await
        .unwrap();
    client.remove_user_from_group("room", "bob").await.unwrap();
    assert!(!client.group_exists("room").await.unwrap());

    let is_vip = groups().contains("vip") & user_id().ne("o'hara");
    client
        .add_connections_to_groups(["room", "hall"])
        .filter(is_vip)
        .await
        .unwrap();
    client
        .group("hall")
        .send(Message::text("to ann"))
        .await
        .unwrap();
    client
        .remove_connections_from_groups(["room"])
        .filter(groups().contains("hall"))
        .await
        .unwrap();
    assert!(!client.group_exists("room").await.unwrap());
    client.remove_user_from_all_groups("ann").await.unwrap();
    assert!(!client.group_exists("vip").await.unwrap());

    let not_ann = user_id().ne("ann");
    client
        .send_to_all(Message::text("to all but ann"))
        .filter(not_ann)
        .await
        .unwrap();
    client
        .send_to_all(Message::text("to all"))
        .message_ttl(Duration::from_secs(300))
        .await
        .unwrap();
    for text in ["to bob", "to all but ann", "to all"] {
        assert_eq!(bob.next().await, Received::text(text));
    }
    for text in ["to ann", "to all"] {
        assert_eq!(ann.next().await, Received::text(text));
    }

    let error = client
        .add_user_to_group("room", "nobody")
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"add_user_to_group: the service answered 404 Not Found (Warning.User.NotExisted)");
}

#[tokio::test]
async fn a_group_is_listed_over_pages_and_its_members_can_be_asked_for() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let mut receivers = Vec::new();
    for number in 0..5 {
        receivers.push(Receiver::of(&client, &format!("user {number}"), &["room"]).await);
    }
    let list = client.group("room").list_connections().max_page_size(2);
    let mut members: Vec<_> = list.try_collect().await.unwrap();
    members.sort_by_key(|member| member.user_id.as_ref().map(ToString::to_string));
    let users: Vec<_> = members
        .iter()
        .map(|member| member.user_id.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(users, ["user 0", "user 1", "user 2", "user 3", "user 4"]);
    for (member, receiver) in members.iter().zip(&mut receivers) {
        client
            .connection(&member.connection_id)
            .send(Message::text("you"))
            .await
            .unwrap();
        assert_eq!(receiver.next().await, Received::text("you"));
    }
    let first_three: Vec<_> = client
        .list_connections("room")
        .top(3)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(first_three.len(), 3);

    let pages = client.list_connections("room").max_page_size(4).by_page();
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    let token = pages[0].continuation_token().unwrap();
    let rest: Vec<_> = client
        .list_connections("room")
        .continuation_token(token)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rest, pages[1].items);
}

#[test]
fn the_blocking_client_lists_a_group() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    let client = client_of(&emulator);
    let _receivers: Vec<_> = (0..3)
        .map(|_| runtime.block_on(Receiver::of(&client, "ann", &["room"])))
        .collect();
    let client = blocking::WebPubSubServiceClient::from_connection_string(
        &emulator.connection_string(),
        "h",
    )
    .unwrap();
    let members = client.list_connections("room").max_page_size(1);
    let members: Vec<_> = members.collect::<Result<_, _>>().unwrap();
    assert_eq!(members.len(), 3);
    assert_eq!(
        client
            .list_connections("room")
            .max_page_size(2)
            .by_page()
            .count(),
        2
    );
}

#[tokio::test]
async fn permissions_are_granted_checked_and_revoked() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let _ann = Receiver::of(&client, "ann", &["room"]).await;
    let member = client
        .list_connections("room")
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let ann = client.connection(&member.connection_id);
    let may_send = || {
        ann.has_permission(Permission::SendToGroup)
            .target_name("room")
    };
    assert!(!may_send().await.unwrap());
    ann.grant_permission(Permission::SendToGroup)
        .target_name("room")
        .await
        .unwrap();
    assert!(may_send().await.unwrap());
    ann.revoke_permission(Permission::SendToGroup)
        .target_name("room")
        .await
        .unwrap();
    assert!(!may_send().await.unwrap());

    let gone = client
        .grant_permission("sendToGroup", "gone")
        .target_name("room")
        .await
        .unwrap_err();
    insta::assert_snapshot!(gone, @"grant_permission: the service answered 404 Not Found (Info.Connection.NotExisted)");
    let without = ann
        .grant_permission(Permission::SendToGroup)
        .await
        .unwrap_err();
    assert_eq!(without.status().unwrap(), 400);
}

#[tokio::test]
async fn a_hub_a_group_and_a_user_are_closed() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let other = client.hub("other").unwrap();
    let mut elsewhere = Receiver::of(&other, "ann", &[]).await;
    let mut ann = Receiver::of(&client, "ann", &[]).await;
    let mut room = Receiver::of(&client, "bob", &["room"]).await;
    let mut rest = Receiver::of(&client, "cyd", &[]).await;
    client
        .close_user_connections("ann")
        .reason("bye")
        .await
        .unwrap();
    assert_eq!(ann.next().await, Received::Closed(1000));
    client.group("room").close_connections().await.unwrap();
    assert_eq!(room.next().await, Received::Closed(1000));
    client
        .close_all_connections()
        .excluded(["nobody"])
        .await
        .unwrap();
    assert_eq!(rest.next().await, Received::Closed(1000));
    other
        .send_to_all(Message::text("still here"))
        .await
        .unwrap();
    assert_eq!(elsewhere.next().await, Received::text("still here"));
}

#[tokio::test]
async fn an_older_version_of_the_api_can_be_asked_for() {
    let emulator = emulator().await;
    let with = |version: &str| {
        WebPubSubServiceClient::builder()
            .connection_string(&emulator.connection_string())
            .hub("h")
            .api_version(version)
            .build()
    };
    let old = with("2021-10-01").unwrap();
    assert!(!old.user_exists("ann").await.unwrap());
    let error = old
        .send_to_all(Message::text("x"))
        .filter(user_id().is_null())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"send_to_all: invalid `filter`: needs api-version 2022-11-01 or newer");
    assert_eq!(
        with("2099-01-01")
            .unwrap()
            .user_exists("ann")
            .await
            .unwrap_err()
            .status()
            .unwrap(),
        400
    );
    assert_eq!(with("new").unwrap_err().parameter(), Some("api-version"));
}

#[tokio::test]
async fn calls_have_options_of_their_own() {
    let emulator = emulator().await;
    let client = client_of(&emulator);
    let call = client
        .user_exists("ann")
        .timeout(Duration::from_secs(5))
        .max_retries(0)
        .logging(true);
    assert!(!call.await.unwrap());

    // Connections are made by the system; nobody answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let key = webpubsub::AccessKey::new("key").unwrap();
    let unanswered = WebPubSubServiceClient::new(endpoint, key, "h").unwrap();
    let patience = Duration::from_millis(50);
    let error = unanswered.user_exists("ann").timeout(patience);
    insta::assert_snapshot!(error.await.unwrap_err(), @"user_exists: overall_timeout of 50ms ran out");
    let options = CallOptions::new().attempt_timeout(patience).max_retries(0);
    let list = unanswered.list_connections("room").options(options);
    let error = list.try_collect::<Vec<_>>().await.unwrap_err();
    insta::assert_snapshot!(error, @"list_connections: attempt_timeout of 50ms ran out");

    emulator.stop().await;
    let error = client
        .send_to_all(Message::text("x"))
        .max_retries(1)
        .await
        .unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.attempts(), 2);
    let url = client.client_access_url(ClientAccessToken::new()).await;
    assert!(url.is_ok(), "a key signs without the service");
}
