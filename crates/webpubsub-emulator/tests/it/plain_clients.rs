use tokio_tungstenite::tungstenite::Message;

use crate::support::{Service, member, user};

#[tokio::test]
async fn an_event_without_a_handler_closes_the_connection() {
    let service = Service::start().await;
    for message in [Message::text("x"), Message::binary(vec![1])] {
        let mut client = service.plain(member("ann")).await;
        client.send(message).await;
        assert_eq!(client.closed().await.0, 1011);
    }
}

#[tokio::test]
async fn frames_go_to_the_group_of_the_url() {
    let service = Service::start().await;
    let publish = |token, more: &str| {
        format!(
            "{}&webpubsub_mode=sendToGroup&group=g{more}",
            service.client_url(token)
        )
    };
    let url = publish(member("ann").group("g"), "");
    let mut echoed = service.connect_to(&url, None).await.unwrap();
    echoed.send(Message::text("to all in the group")).await;
    assert_eq!(
        echoed.next().await.to_text().unwrap(),
        "to all in the group"
    );

    let url = publish(member("bob").group("g"), "&noEcho=true");
    let mut silent = service.connect_to(&url, None).await.unwrap();
    silent.send(Message::text("not to me")).await;
    assert_eq!(echoed.next().await.to_text().unwrap(), "not to me");
    echoed.send(Message::text("to you")).await;
    assert_eq!(silent.next().await.to_text().unwrap(), "to you");

    let mut guest = service
        .connect_to(&publish(user("guest"), ""), None)
        .await
        .unwrap();
    guest.send(Message::text("x")).await;
    assert_eq!(guest.closed().await.0, 1008);
}

#[tokio::test]
async fn a_client_that_leaves_is_forgotten() {
    let service = Service::start().await;
    let mut client = service.plain(user("ann").group("g")).await;
    assert_eq!(service.rest("HEAD", "/users/ann").await.status, 200);
    client.socket.close(None).await.unwrap();
    assert_eq!(client.closed().await.0, 1005);
    assert_eq!(service.rest("HEAD", "/users/ann").await.status, 404);
    assert_eq!(service.rest("HEAD", "/groups/g").await.status, 404);
}
