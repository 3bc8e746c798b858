//! Closing, membership of users, bulk changes and lists, each by its effect on connected clients.

use serde_json::{Value, json};
use webpubsub_protocol::{
    HubName, Target,
    operation::{GroupMember, ListConnectionsInGroup, Page, PagedOperation as _},
};

use crate::support::{Answer, Client, Service, user};

/// The body of an answer, as JSON.
fn body(answer: &Answer) -> Value {
    let (_, body) = answer.text.split_once("\n\n").expect("there is a body");
    serde_json::from_str(body).unwrap()
}

/// A text sent to a group, and whether each client gets it; those who do not get a text of their own next.
async fn receive_from_group(service: &Service, clients: &mut [(&mut Client, bool)]) {
    service
        .post("/groups/g/:send", "text/plain", b"to the group")
        .await;
    service.post("/:send", "text/plain", b"to all").await;
    for (client, is_member) in clients {
        if *is_member {
            assert_eq!(client.next_json().await["data"], "to the group");
        }
        assert_eq!(client.next_json().await["data"], "to all");
    }
}

#[tokio::test]
async fn a_user_is_added_to_and_removed_from_a_group_with_all_connections() {
    let service = Service::start().await;
    let mut one = service.json(user("ann")).await;
    let mut two = service.json(user("ann")).await;
    let mut bob = service.json(user("bob")).await;

    assert_eq!(service.rest("PUT", "/users/ann/groups/g").await.status, 200);
    receive_from_group(
        &service,
        &mut [(&mut one, true), (&mut two, true), (&mut bob, false)],
    )
    .await;
    assert_eq!(
        service.rest("DELETE", "/users/ann/groups/g").await.status,
        204
    );
    receive_from_group(
        &service,
        &mut [(&mut one, false), (&mut two, false), (&mut bob, false)],
    )
    .await;

    service.rest("PUT", "/users/ann/groups/g").await;
    assert_eq!(
        service
            .rest("DELETE", &format!("/connections/{}/groups", one.id))
            .await
            .status,
        204
    );
    receive_from_group(
        &service,
        &mut [(&mut one, false), (&mut two, true), (&mut bob, false)],
    )
    .await;
    assert_eq!(
        service.rest("DELETE", "/users/ann/groups").await.status,
        204
    );
    receive_from_group(
        &service,
        &mut [(&mut one, false), (&mut two, false), (&mut bob, false)],
    )
    .await;
    assert_eq!(service.rest("HEAD", "/groups/g").await.status, 404);
}

#[tokio::test]
async fn membership_of_who_is_not_there_is_answered_as_recorded() {
    let service = Service::start().await;
    let answer = service.rest("PUT", "/users/dev/groups/g").await;
    insta::assert_snapshot!(answer.text, @r#"
    HTTP/1.1 404 Not Found
    content-type: application/json
    x-ms-error-code: Warning.User.NotExisted
    api-supported-versions: 2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01
    connection: close
    content-length: 115

    {"code":"Warning.User.NotExisted","message":"User `dev` is not found.","target":"User","details":null,"inner":null}
    "#);
    for path in [
        "/users/dev/groups/g",
        "/users/dev/groups",
        "/connections/gone/groups",
    ] {
        assert_eq!(service.rest("DELETE", path).await.status, 204, "{path}");
    }
}

#[tokio::test]
async fn all_of_a_hub_a_group_or_a_user_are_closed_but_those_excluded() {
    let service = Service::start().await;
    let closes = [
        ("/users/ann/:closeConnections", [true, true, false]),
        ("/groups/g/:closeConnections", [true, false, true]),
        ("/:closeConnections", [true, true, true]),
    ];
    for (path, closed) in closes {
        let mut clients = [
            service.json(user("ann").group("g")).await,
            service.json(user("ann")).await,
            service.json(user("bob").group("g")).await,
        ];
        let mut stays = service.json(user("ann").group("g")).await;
        let query = format!("?reason=night%20%26%20fog&excluded=x&excluded={}", stays.id);
        assert_eq!(
            service.rest("POST", &format!("{path}{query}")).await.status,
            204
        );
        for (client, is_closed) in clients.iter_mut().zip(closed) {
            if is_closed {
                let told = client.next_json().await;
                assert_eq!(
                    told["message"],
                    "Application server closed the connection. Reason: night & fog"
                );
                assert_eq!(client.closed().await.0, 1000);
            } else {
                client.is_served().await;
            }
        }
        stays.is_served().await;
        assert_eq!(service.rest("POST", "/:closeConnections").await.status, 204);
    }
}

#[tokio::test]
async fn all_connections_are_added_to_and_removed_from_groups_at_once() {
    let service = Service::start().await;
    let mut ann = service.json(user("ann")).await;
    let mut bob = service.json(user("bob")).await;
    let change = |path: &'static str, body: Value| {
        let service = &service;
        async move {
            service
                .post(path, "application/json", body.to_string().as_bytes())
                .await
        }
    };
    let answer = change("/:addToGroups", json!({ "groups": ["g", "h"] })).await;
    assert!(
        answer.status == 200 && answer.text.contains("content-length: 0"),
        "{}",
        answer.text
    );
    receive_from_group(&service, &mut [(&mut ann, true), (&mut bob, true)]).await;
    assert_eq!(
        change(
            "/:removeFromGroups",
            json!({ "groups": ["g"], "filter": "" })
        )
        .await
        .status,
        200
    );
    receive_from_group(&service, &mut [(&mut ann, false), (&mut bob, false)]).await;
    assert_eq!(service.rest("HEAD", "/groups/h").await.status, 200);

    for wrong in [
        json!({}),
        json!({ "groups": [] }),
        json!({ "groups": [""] }),
        json!([]),
    ] {
        let answer = change("/:addToGroups", wrong).await;
        assert_eq!(
            (answer.status, &body(&answer)["target"]),
            (400, &json!("groups"))
        );
    }
    let answer = service
        .post("/:addToGroups", "application/json", b"{")
        .await;
    assert_eq!(
        body(&answer)["message"],
        "The request body is not a valid JSON."
    );
}

#[tokio::test]
async fn a_filter_selects_once_for_all_groups() {
    let service = Service::start().await;
    let _ann = service.json(user("ann")).await;
    for (path, filter, there) in [
        ("/:addToGroups", "not ('g' in groups)", 200),
        ("/:removeFromGroups", "'g' in groups", 404),
    ] {
        let change = json!({ "groups": ["g", "h"], "filter": filter }).to_string();
        let answer = service
            .post(path, "application/json", change.as_bytes())
            .await;
        assert_eq!(answer.status, 200);
        for group in ["/groups/g", "/groups/h"] {
            assert_eq!(service.rest("HEAD", group).await.status, there, "{path}");
        }
    }
}

#[tokio::test]
async fn a_group_is_listed_page_by_page() {
    let service = Service::start().await;
    let mut clients = Vec::new();
    for number in 0..5 {
        let token = user(&format!("user {number}")).group("g/1");
        clients.push(service.json(token).await);
    }
    let mut expected: Vec<String> = clients.iter().map(|client| client.id.clone()).collect();
    expected.sort_unstable();

    for (query, sizes) in [
        ("", &[5][..]),
        ("&maxpagesize=2", &[2, 2, 1]),
        ("&maxpagesize=2&top=4", &[2, 2]),
        ("&maxpagesize=2&top=3", &[2, 1]),
        ("&maxpagesize=5", &[5]),
        ("&top=1", &[1]),
    ] {
        let mut path = format!("/groups/g%2F1/connections?api-version=2024-12-01{query}");
        let mut listed = Vec::new();
        for (index, size) in sizes.iter().enumerate() {
            let answer = service.rest("GET", &path).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let page: Page<GroupMember> = serde_json::from_value(body(&answer)).unwrap();
            assert_eq!(page.items.len(), *size, "{query}");
            listed.extend(
                page.items
                    .iter()
                    .map(|member| member.connection_id.to_string()),
            );
            let is_last = index + 1 == sizes.len();
            assert_eq!(answer.text.contains("nextLink"), !is_last, "{query}");
            if let Some(link) = page.next_link {
                let target = Target::new(service.0.endpoint().clone(), HubName::new("h").unwrap());
                ListConnectionsInGroup::next_page_request(&target, &link).unwrap();
                path = link.split_once("/api/hubs/h").unwrap().1.to_owned();
            }
        }
        assert_eq!(listed, expected[..listed.len()], "{query}");
    }

    let anonymous = service
        .json(webpubsub_auth::ClientAccessToken::new().group("quiet"))
        .await;
    let answer = service.rest("GET", "/groups/quiet/connections").await;
    assert_eq!(
        body(&answer),
        json!({ "value": [{ "connectionId": anonymous.id, "userId": null }] })
    );
    let answer = service.rest("GET", "/groups/none/connections").await;
    assert_eq!(body(&answer), json!({ "value": [] }));
}

#[tokio::test]
async fn a_list_that_breaks_a_rule_is_told_which() {
    let service = Service::start().await;
    let _one = service.json(user("ann").groups(["g", "h"])).await;
    let _two = service.json(user("ann").groups(["g", "h"])).await;
    let page: Page<GroupMember> = serde_json::from_value(body(
        &service
            .rest("GET", "/groups/g/connections?maxpagesize=1")
            .await,
    ))
    .unwrap();
    let token = page.continuation_token().unwrap();
    let of_another_group = format!("continuationToken={token}");
    for (query, target) in [
        ("maxpagesize=0", "maxpagesize"),
        ("maxpagesize=201", "maxpagesize"),
        ("maxpagesize=x", "maxpagesize"),
        ("top=0", "top"),
        ("top=2147483648", "top"),
        ("continuationToken=x", "continuationToken"),
        ("continuationToken=%F0%9F%90%9D", "continuationToken"),
        (&of_another_group, "continuationToken"),
    ] {
        let answer = service
            .rest("GET", &format!("/groups/h/connections?{query}"))
            .await;
        assert_eq!(
            (answer.status, &body(&answer)["target"]),
            (400, &json!(target)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_filter_selects_who_is_reached() {
    let service = Service::start().await;
    let mut ann = service.json(user("ann").group("vip")).await;
    let mut bob = service.json(user("bob")).await;
    let mut plain = service.plain(user("cyd")).await;
    let filters = [
        ("userId eq 'ann'", [true, false, false]),
        ("'vip' in groups", [true, false, false]),
        ("not ('vip' in groups)", [false, true, true]),
        (
            "startswith(userId, 'b') or userId eq 'cyd'",
            [false, true, true],
        ),
        ("protocol eq 'json.webpubsub.azure.v1'", [true, true, false]),
    ];
    for (filter, reached) in filters {
        let filter =
            percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        let answer = service
            .post(
                &format!("/:send?filter={filter}"),
                "text/plain",
                b"filtered",
            )
            .await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        service.post("/:send", "text/plain", b"to all").await;
        for (client, is_reached) in [&mut ann, &mut bob].into_iter().zip(reached) {
            if is_reached {
                assert_eq!(client.next_json().await["data"], "filtered");
            }
            assert_eq!(client.next_json().await["data"], "to all");
        }
        if reached[2] {
            assert_eq!(plain.next().await.to_text().unwrap(), "filtered");
        }
        assert_eq!(plain.next().await.to_text().unwrap(), "to all");
    }

    let add = json!({ "groups": ["g"], "filter": "userId ne 'bob'" }).to_string();
    service
        .post("/:addToGroups", "application/json", add.as_bytes())
        .await;
    receive_from_group(&service, &mut [(&mut ann, true), (&mut bob, false)]).await;

    for path in [
        "/:send?filter=x",
        "/groups/g/:send?filter=userId%20gt%20'a'",
        "/users/ann/:send?filter=(",
    ] {
        let answer = service.post(path, "text/plain", b"x").await;
        assert_eq!(
            (answer.status, &body(&answer)["target"]),
            (400, &json!("filter")),
            "{path}"
        );
    }
}
