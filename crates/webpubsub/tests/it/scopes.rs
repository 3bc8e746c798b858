use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use futures_util::StreamExt as _;
use http::{Method, Request, Response, StatusCode};
use webpubsub::{
    Async, Call, Message, Permission, WebPubSubServiceClient,
    operation::{Idempotency, Operation, RequestReader, RequestWriter, Template},
    transport::{Body, RequestId},
};

type Asked = Arc<Mutex<Vec<String>>>;

/// A client that notes what it is asked for, and answers as the service does, with no content.
fn client() -> (WebPubSubServiceClient, Asked) {
    let asked = Asked::default();
    let asks = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let line = format!("{} {}", request.method(), request.uri());
        asks.lock().unwrap().push(line);
        let path = request.uri().path();
        let status = match *request.method() {
            Method::POST if path.ends_with("/:send") => StatusCode::ACCEPTED,
            Method::POST if path.ends_with("/:closeConnections") => StatusCode::NO_CONTENT,
            Method::DELETE => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        async move {
            Ok::<_, Infallible>(
                Response::builder()
                    .status(status)
                    .header("x-ms-request-id", "r-1")
                    .body(Body::default())
                    .unwrap(),
            )
        }
    });
    let client = WebPubSubServiceClient::with_service("https://e.com", "h", service).unwrap();
    (client, asked)
}

async fn ok<O>(call: Call<Async, O>)
where
    O: Operation<Output: Send> + Send + Sync + 'static,
{
    call.await.unwrap();
}

#[tokio::test]
async fn a_handle_asks_for_what_the_client_would() {
    let (client, asked) = client();
    let message = || Message::text("x");

    let room = client.group("room");
    let ann = client.user("ann");
    let one = client.connection("1");
    ok(room.send(message())).await;
    ok(client.send_to_group("room", message())).await;
    ok(room.exists()).await;
    ok(client.group_exists("room")).await;
    ok(room.add_connection("1")).await;
    ok(one.add_to_group("room")).await;
    ok(client.add_connection_to_group("room", "1")).await;
    ok(room.remove_connection("1")).await;
    ok(one.remove_from_group("room")).await;
    ok(client.remove_connection_from_group("room", "1")).await;
    ok(room.add_user("ann")).await;
    ok(ann.add_to_group("room")).await;
    ok(client.add_user_to_group("room", "ann")).await;
    ok(room.remove_user("ann")).await;
    ok(ann.remove_from_group("room")).await;
    ok(client.remove_user_from_group("room", "ann")).await;
    ok(room.close_connections().reason("late").excluded(["1"])).await;
    ok(client
        .close_group_connections("room")
        .excluded(["1"])
        .reason("late"))
    .await;
    ok(ann.send(message())).await;
    ok(client.send_to_user("ann", message())).await;
    ok(ann.exists()).await;
    ok(client.user_exists("ann")).await;
    ok(ann.remove_from_all_groups()).await;
    ok(client.remove_user_from_all_groups("ann")).await;
    ok(ann.close_connections()).await;
    ok(client.close_user_connections("ann")).await;
    ok(one.send(message())).await;
    ok(client.send_to_connection("1", message())).await;
    ok(one.exists()).await;
    ok(client.connection_exists("1")).await;
    ok(one.close().reason("bye")).await;
    ok(client.close_connection("1").reason("bye")).await;
    ok(one.remove_from_all_groups()).await;
    ok(client.remove_connection_from_all_groups("1")).await;
    ok(one
        .grant_permission(Permission::SendToGroup)
        .target_name("room"))
    .await;
    ok(client
        .grant_permission("sendToGroup", "1")
        .target_name("room"))
    .await;
    ok(one.revoke_permission(Permission::JoinLeaveGroup)).await;
    ok(client.revoke_permission("joinLeaveGroup", "1")).await;
    ok(one.has_permission("other")).await;
    ok(client.has_permission("other", "1")).await;
    assert!(room.list_connections().next().await.unwrap().is_err());
    assert!(
        client
            .list_connections("room")
            .next()
            .await
            .unwrap()
            .is_err()
    );
    ok(client.close_all_connections().reason("night")).await;
    ok(client.add_connections_to_groups(["a", "b"])).await;
    ok(client.remove_connections_from_groups(["a"])).await;
    ok(client.service_status()).await;

    let asked = asked.lock().unwrap().join("\n");
    insta::assert_snapshot!(
        asked
            .replace("https://e.com/api/hubs/h", "")
            .replace("api-version=2024-12-01", "v")
    );
}

#[tokio::test]
async fn a_handle_on_what_cannot_be_fails_each_of_its_calls() {
    let (client, asked) = client();
    for _ in 0..2 {
        let error = client.group("").exists().await.unwrap_err();
        assert_eq!(
            (error.parameter(), error.operation()),
            (Some("group"), Some("group_exists"))
        );
    }
    let error = client.user("").send(Message::text("x")).await.unwrap_err();
    assert_eq!(error.parameter(), Some("userId"));
    let error = client.connection("").close().await.unwrap_err();
    assert_eq!(error.parameter(), Some("connectionId"));
    let error = client.grant_permission("", "1").await.unwrap_err();
    assert_eq!(error.parameter(), Some("permission"));
    let none: [&str; 0] = [];
    let error = client.add_connections_to_groups(none).await.unwrap_err();
    assert_eq!(error.parameter(), Some("groups"));
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn another_hub_shares_the_stack() {
    let (client, asked) = client();
    let news = client.hub("news").unwrap();
    assert_eq!(client.hub("1").unwrap_err().parameter(), Some("hub"));
    assert_eq!(
        (client.hub_name().as_str(), news.hub_name().as_str()),
        ("h", "news")
    );
    ok(news.user_exists("ann")).await;
    assert_eq!(
        *asked.lock().unwrap(),
        ["HEAD https://e.com/api/hubs/news/users/ann?api-version=2024-12-01"]
    );
}

#[tokio::test]
async fn an_answer_can_be_had_with_its_status_and_headers() {
    let (client, _) = client();
    let answer = client.user_exists("ann").with_response().await.unwrap();
    assert!(*answer.body());
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-ms-request-id"], "r-1");
    assert_eq!(
        answer
            .extensions()
            .get::<RequestId>()
            .unwrap()
            .as_str()
            .len(),
        36
    );
}

#[test]
fn a_call_outlives_the_client_it_was_made_from() {
    let call = {
        let (client, _) = client();
        client.group("room").exists()
    };
    assert_eq!(
        format!("{call:?}"),
        "Call { operation: \"group_exists\", .. }"
    );
}

/// An operation of the application's own, as for an API that is newer than this crate.
struct ListRooms {
    top: u32,
}

impl Operation for ListRooms {
    type Output = ();

    const NAME: &'static str = "list_rooms";
    const METHOD: Method = Method::GET;
    const TEMPLATE: Template = Template::new("/api/hubs/{hub}/chat/rooms");
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    const SUCCESS: StatusCode = StatusCode::OK;

    fn write(&self, request: &mut RequestWriter) -> Result<(), webpubsub_protocol::Error> {
        request.query("top", &self.top.to_string());
        Ok(())
    }

    fn read(request: &RequestReader<'_>) -> Result<Self, webpubsub_protocol::Error> {
        let top = request.query("top").and_then(|top| top.parse().ok());
        Ok(Self {
            top: top.unwrap_or(0),
        })
    }
}

#[tokio::test]
async fn an_operation_of_ones_own_is_sent_like_any_other() {
    let (client, asked) = client();
    let answer = client
        .send(ListRooms { top: 3 })
        .with_response()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        *asked.lock().unwrap(),
        ["GET https://e.com/api/hubs/h/chat/rooms?api-version=2024-12-01&top=3"]
    );
}
