use webpubsub_emulator::Limits;
use webpubsub_protocol::{
    Message as Payload,
    frame::{ServiceFrame, Subprotocol},
};

use crate::support::{Service, join, member, publish, user};

const RELIABLE: [Subprotocol; 2] = [Subprotocol::JsonReliable, Subprotocol::ProtobufReliable];

#[tokio::test]
async fn messages_are_numbered_and_nothing_else_is() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let mut client = service.speaking(subprotocol, member("ann")).await;
        client.say(&join(1)).await;
        assert_eq!(client.receive().await.sequence_id, None);
        for number in [1, 3] {
            service.post("/:send", "text/plain", b"server").await;
            assert_eq!(client.receive_text().await, ("server".to_owned(), number));
            client
                .say(&publish(Payload::text("group"), Some(number + 1)))
                .await;
            assert_eq!(
                client.receive_text().await,
                ("group".to_owned(), number + 1)
            );
            assert_eq!(client.receive().await.sequence_id, None);
            client.hears_nothing().await;
        }
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn each_connection_counts_for_itself_and_others_do_not_count() {
    let service = Service::start().await;
    let mut clients = Vec::new();
    for subprotocol in Subprotocol::ALL {
        let client = service.speaking(subprotocol, user("ann")).await;
        let is_reliable = subprotocol.is_reliable();
        assert_eq!(client.reconnection_token.is_some(), is_reliable);
        service.post("/:send", "text/plain", b"x").await;
        clients.push(client);
        let joined = clients.len();
        for (older, client) in clients.iter_mut().enumerate() {
            let number = u64::try_from(joined - older).unwrap();
            let expected = client.subprotocol.is_reliable().then_some(number);
            assert_eq!(
                client.receive_message().await,
                (Payload::text("x"), expected)
            );
        }
    }
}

#[tokio::test]
async fn only_reliable_clients_acknowledge_numbers() {
    let service = Service::start().await;
    for subprotocol in [Subprotocol::Json, Subprotocol::Protobuf] {
        let mut client = service.speaking(subprotocol, user("ann")).await;
        client.acknowledge(1).await;
        assert_eq!(client.closed().await.0, 1007);
    }
    for subprotocol in RELIABLE {
        let mut client = service.speaking(subprotocol, user("ann")).await;
        for of_no_message in [0, 1, u64::MAX] {
            client.acknowledge(of_no_message).await;
        }
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn who_acknowledges_is_never_too_far_behind() {
    let mut limits = Limits::default();
    limits.unacknowledged_messages = 3;
    let service = Service::with(limits).await;
    for subprotocol in RELIABLE {
        let mut client = service.speaking(subprotocol, user("ann")).await;
        for number in 1..=20 {
            service.post("/:send", "text/plain", b"x").await;
            assert_eq!(client.receive_text().await.1, number);
            if number % 3 == 0 {
                client.acknowledge(number).await;
                // It has been heard.
                client.hears_nothing().await;
            }
        }
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn who_leaves_too_much_unacknowledged_is_closed_for_good() {
    let (mut few, mut small) = (Limits::default(), Limits::default());
    few.unacknowledged_messages = 3;
    small.queued_bytes = 1500;
    for limits in [few, small] {
        let service = Service::with(limits).await;
        for subprotocol in RELIABLE {
            let mut client = service.speaking(subprotocol, user("ann")).await;
            for _ in 0..4 {
                service.post("/:send", "text/plain", &[b'x'; 400]).await;
            }
            let close = (
                1008,
                "The client acknowledges messages too slowly.".to_owned(),
            );
            assert_eq!(client.closed().await, close);
            let mut again = service.recover(client).await;
            assert_eq!(again.closed().await.0, 1008);
        }
    }
}

#[tokio::test]
async fn a_closed_client_hears_all_that_was_sent_before() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let mut client = service.speaking(subprotocol, user("ann")).await;
        for _ in 0..5 {
            service.post("/:send", "text/plain", b"x").await;
        }
        service.rest("POST", "/:closeConnections").await;
        for number in 1..=5 {
            assert_eq!(client.receive_text().await.1, number);
        }
        let told = client.receive().await.frame;
        assert!(matches!(told, Some(ServiceFrame::Disconnected { .. })));
        assert_eq!(client.closed().await, (1000, String::new()));
    }
}
