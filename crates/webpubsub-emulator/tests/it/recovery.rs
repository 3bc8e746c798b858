use std::time::Duration;

use webpubsub_emulator::{Clock, Emulator, Limits};
use webpubsub_protocol::{
    Message as Payload,
    frame::{AckErrorName, ClientFrame, ServiceFrame, Subprotocol},
};

use crate::support::{Client, Service, join, member, publish, soon, user};

const RELIABLE: [Subprotocol; 2] = [Subprotocol::JsonReliable, Subprotocol::ProtobufReliable];

const NOT_RECOVERED: &str = "The connection could not be recovered.";

/// What an ack says.
async fn receive_ack(client: &mut Client) -> Result<(), AckErrorName> {
    match client.receive().await.frame {
        Some(ServiceFrame::Ack { result, .. }) => result.map_err(|error| error.name),
        other => panic!("{other:?} is no ack"),
    }
}

async fn send(service: &Service, text: &str) {
    let answer = service.post("/groups/g/:send", "text/plain", text.as_bytes());
    assert_eq!(answer.await.status, 202);
}

async fn is_turned_away(service: &Service, url: &str, subprotocol: Option<Subprotocol>) {
    let subprotocol = subprotocol.map(Subprotocol::as_str);
    let mut client = service.connect_to(url, subprotocol).await.unwrap();
    assert_eq!(client.closed().await, (1008, NOT_RECOVERED.to_owned()));
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again_and_all_goes_on() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let token = user("ann").group("g");
        let mut client = service.speaking(subprotocol, token).await;
        let id = client.id.clone();
        for number in 1..=3 {
            send(&service, "x").await;
            assert_eq!(client.receive_text().await.1, number);
        }
        client.acknowledge(2).await;
        client.hears_nothing().await;
        let mut client = service.recover(client).await;
        send(&service, "y").await;
        assert_eq!(client.receive_text().await, ("x".to_owned(), 3));
        assert_eq!(client.receive_text().await, ("y".to_owned(), 4));
        // A number of before the break counts, also on the new socket.
        client.acknowledge(4).await;
        client.hears_nothing().await;
        let mut client = service.recover(client).await;
        client.hears_nothing().await;
        let path = format!("/connections/{id}/:send");
        service.post(&path, "text/plain", b"z").await;
        assert_eq!(client.receive_text().await, ("z".to_owned(), 5));
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn permissions_groups_and_ack_ids_are_kept() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let mut client = service.speaking(subprotocol, user("ann")).await;
        let permission = format!("/permissions/joinLeaveGroup/connections/{}", client.id);
        let answer = service
            .rest("PUT", &format!("{permission}?targetName=g"))
            .await;
        assert_eq!(answer.status, 200);
        client.say(&join(1)).await;
        assert_eq!(receive_ack(&mut client).await, Ok(()));

        let mut client = service.recover(client).await;
        client.say(&join(1)).await;
        assert_eq!(receive_ack(&mut client).await, Err(AckErrorName::Duplicate));
        let leave = ClientFrame::LeaveGroup {
            group: "g".try_into().unwrap(),
            ack_id: Some(2),
        };
        client.say(&leave).await;
        assert_eq!(receive_ack(&mut client).await, Ok(()));
        client.say(&publish(Payload::text("x"), Some(3))).await;
        assert_eq!(receive_ack(&mut client).await, Err(AckErrorName::Forbidden));
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn a_client_without_a_socket_is_there_and_its_messages_wait() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let token = user("ann").group("g");
        let mut client = service.speaking(subprotocol, token).await;
        client.leave(Some(4000)).await;
        let connection = format!("/connections/{}", client.id);
        for path in ["/users/ann", "/groups/g", &connection] {
            assert_eq!(service.rest("HEAD", path).await.status, 200, "{path}");
        }
        for text in ["a", "b"] {
            send(&service, text).await;
        }
        let mut client = service.recover(client).await;
        assert_eq!(client.receive_text().await, ("a".to_owned(), 1));
        assert_eq!(client.receive_text().await, ("b".to_owned(), 2));
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn only_the_right_client_recovers_a_connection() {
    let service = Service::start().await;
    let token = user("ann").group("g");
    let mut client = service.speaking(Subprotocol::JsonReliable, token).await;
    let other = service
        .speaking(Subprotocol::JsonReliable, user("bob"))
        .await;
    let plain = service.client_url(user("eve"));
    let (url, others) = (service.recovery_url(&client), service.recovery_url(&other));
    let reliable = Some(Subprotocol::JsonReliable);
    let wrong = [
        (url.replace("hubs/h?", "hubs/other?"), reliable),
        (url.replace(&client.id, &other.id), reliable),
        (others.replace(&other.id, &client.id), reliable),
        (url.replace(&client.id, "unknown"), reliable),
        (url.replace(&client.id, ""), reliable),
        (url.clone() + "x", reliable),
        (url.split_once("&awps").unwrap().0.to_owned(), reliable),
        (
            format!(
                "{plain}&awps_connection_id={}&awps_reconnection_token=",
                client.id
            ),
            reliable,
        ),
        (url.clone(), Some(Subprotocol::ProtobufReliable)),
        (url.clone(), Some(Subprotocol::Json)),
        (url.clone(), None),
    ];
    for (url, subprotocol) in wrong {
        is_turned_away(&service, &url, subprotocol).await;
    }
    // None of them took the connection over.
    client.hears_nothing().await;
    let by_query = url.replace("hubs/h?", "?hub=H&");
    let mut recovered = service
        .connect_to(&by_query, Some(Subprotocol::JsonReliable.as_str()))
        .await
        .unwrap();
    recovered.is_served().await;
}

#[tokio::test]
async fn who_comes_back_before_being_missed_takes_over() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        let token = user("ann").group("g");
        let mut old = service.speaking(subprotocol, token).await;
        send(&service, "x").await;
        let url = service.recovery_url(&old);
        let mut new = service
            .connect_to(&url, Some(subprotocol.as_str()))
            .await
            .unwrap();
        new.subprotocol = subprotocol;
        assert_eq!(new.receive_text().await, ("x".to_owned(), 1));
        old.is_cut_off().await;
        send(&service, "y").await;
        assert_eq!(new.receive_text().await, ("y".to_owned(), 2));
        new.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn who_does_not_read_may_come_back() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_millis(100);
    let service = Service::with(limits).await;
    let stuck = service
        .speaking(Subprotocol::JsonReliable, user("ann"))
        .await;
    // More than all socket buffers hold.
    let body = "x".repeat(1024 * 1024);
    for _ in 0..12 {
        service.post("/:send", "text/plain", body.as_bytes()).await;
    }
    let mut client = service.recover(stuck).await;
    for number in 1..=12 {
        assert_eq!(client.receive_text().await, (body.clone(), number));
    }
}

#[tokio::test]
async fn a_client_that_says_another_goodbye_than_1000_may_come_back() {
    let service = Service::start().await;
    for (number, code) in [None, Some(1001), Some(1008), Some(1011), Some(4000)]
        .into_iter()
        .enumerate()
    {
        let name = format!("user {number}");
        let mut client = service
            .speaking(Subprotocol::JsonReliable, user(&name))
            .await;
        client.leave(code).await;
        service.recover(client).await.hears_nothing().await;
    }
}

#[tokio::test]
async fn a_connection_that_has_ended_is_not_recovered() {
    let service = Service::start().await;
    for subprotocol in RELIABLE {
        for end in ["client", "rest", "frame"] {
            let mut client = service.speaking(subprotocol, user("ann")).await;
            match end {
                "client" => client.leave(Some(1000)).await,
                "rest" => {
                    service.rest("DELETE", "/users/ann").await;
                    service.rest("POST", "/users/ann/:closeConnections").await;
                    assert_eq!(client.closed().await.0, 1000);
                }
                _ => {
                    let nonsense = tokio_tungstenite::tungstenite::Message::text("nonsense");
                    client.send(nonsense).await;
                    client.closed().await;
                }
            }
            assert_eq!(
                service.rest("HEAD", "/users/ann").await.status,
                404,
                "{end}"
            );
            let mut again = service.recover(client).await;
            assert_eq!(
                again.closed().await,
                (1008, NOT_RECOVERED.to_owned()),
                "{end}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_without_a_socket_can_be_closed() {
    let service = Service::start().await;
    let mut client = service
        .speaking(Subprotocol::JsonReliable, user("ann"))
        .await;
    client.leave(None).await;
    service.rest("POST", "/users/ann/:closeConnections").await;
    assert_eq!(service.rest("HEAD", "/users/ann").await.status, 404);
    assert_eq!(service.recover(client).await.closed().await.0, 1008);
}

#[tokio::test]
async fn a_client_without_a_socket_falls_behind_too() {
    let mut limits = Limits::default();
    limits.unacknowledged_messages = 2;
    let service = Service::with(limits).await;
    let mut client = service
        .speaking(Subprotocol::JsonReliable, user("ann"))
        .await;
    client.leave(None).await;
    for _ in 0..3 {
        service.post("/:send", "text/plain", b"x").await;
    }
    service.forgets("/users/ann").await;
    assert_eq!(service.recover(client).await.closed().await.0, 1008);
}

#[tokio::test]
async fn the_window_closes() {
    let clock = Clock::manual();
    let service = Service::built(Emulator::builder().clock(clock.clone())).await;
    let token = user("ann").group("g");
    let client = service.speaking(Subprotocol::JsonReliable, token).await;
    // In time, however often.
    let mut client = client;
    for _ in 0..3 {
        client.leave(None).await;
        clock.advance(Duration::from_secs(29));
        client = service.recover(client).await;
        client.hears_nothing().await;
    }
    let url = service.recovery_url(&client);
    drop(client);
    // The emulator may notice that the client is gone only after the first of them.
    soon(async {
        while service.rest("HEAD", "/groups/g").await.status == 200 {
            clock.advance(Duration::from_secs(30));
        }
    })
    .await;
    is_turned_away(&service, &url, Some(Subprotocol::JsonReliable)).await;
}

#[tokio::test]
async fn a_reconnection_token_is_good_for_a_week() {
    let clock = Clock::manual();
    let service = Service::built(Emulator::builder().clock(clock.clone())).await;
    let client = service
        .speaking(Subprotocol::JsonReliable, user("ann"))
        .await;
    clock.advance(Duration::from_secs(7 * 24 * 60 * 60 - 1));
    let mut client = service.recover(client).await;
    client.hears_nothing().await;
    clock.advance(Duration::from_secs(1));
    is_turned_away(
        &service,
        &service.recovery_url(&client),
        Some(Subprotocol::JsonReliable),
    )
    .await;
    client.hears_nothing().await;
}

#[tokio::test]
async fn what_expires_while_a_client_is_away_is_not_delivered() {
    let clock = Clock::manual();
    let service = Service::built(Emulator::builder().clock(clock.clone())).await;
    let token = member("ann").group("g");
    let mut client = service.speaking(Subprotocol::JsonReliable, token).await;
    let mut sender = service.speaking(Subprotocol::Protobuf, member("bob")).await;
    client.leave(None).await;
    for (ack_id, (seconds, text)) in [(5, "expires"), (0, "stays"), (6, "stays too")]
        .into_iter()
        .enumerate()
    {
        let frame = ClientFrame::SendToGroup {
            group: "g".try_into().unwrap(),
            message: Payload::text(text),
            no_echo: false,
            message_ttl: Some(Duration::from_secs(seconds).try_into().unwrap()),
            ack_id: Some(ack_id as u64),
        };
        sender.say(&frame).await;
        assert_eq!(receive_ack(&mut sender).await, Ok(()));
    }
    clock.advance(Duration::from_secs(5));
    let client = service.recover(client).await;
    let mut client = client;
    assert_eq!(client.receive_text().await, ("stays".to_owned(), 1));
    assert_eq!(client.receive_text().await, ("stays too".to_owned(), 2));
    // What was written once has its number, and stays.
    clock.advance(Duration::from_secs(10));
    let mut client = service.recover(client).await;
    assert_eq!(client.receive_text().await.1, 1);
    assert_eq!(client.receive_text().await.1, 2);
    client.hears_nothing().await;
}

#[tokio::test]
async fn stopping_waits_for_nobody_to_come_back() {
    let mut limits = Limits::default();
    limits.recovery_window = Duration::from_secs(24 * 60 * 60);
    let service = Service::with(limits).await;
    for name in ["ann", "bob"] {
        let mut client = service
            .speaking(Subprotocol::JsonReliable, user(name))
            .await;
        client.leave(None).await;
    }
    let stopped = tokio::time::timeout(Duration::from_secs(4), service.0.stop());
    assert!(stopped.await.is_ok());
}

#[tokio::test]
async fn what_a_client_sends_before_it_is_greeted_counts() {
    let service = Service::start().await;
    let url = service.client_url(member("ann"));
    let subprotocol = Subprotocol::JsonReliable;
    let mut client = service
        .connect_to(&url, Some(subprotocol.as_str()))
        .await
        .unwrap();
    client.subprotocol = subprotocol;
    client.say(&join(1)).await;
    let greeting = client.receive().await.frame;
    assert!(matches!(greeting, Some(ServiceFrame::Connected { .. })));
    assert_eq!(receive_ack(&mut client).await, Ok(()));
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Reads until the client has all messages up to this one; what it has already is passed over. Message `n` says "n".
async fn read_up_to(client: &mut Client, received: &mut u64, number: u64) {
    while *received < number {
        let (text, sequence_id) = client.receive_text().await;
        assert_eq!(text, sequence_id.to_string());
        assert!(
            sequence_id <= *received + 1,
            "{sequence_id} after {received}"
        );
        *received = sequence_id.max(*received);
    }
}

#[tokio::test]
async fn every_message_arrives_once_and_in_order_whatever_breaks() {
    let service = Service::start().await;
    for seed in 0..12 {
        let mut random = Random(seed);
        let subprotocol = RELIABLE[usize::from(seed % 2 == 0)];
        let name = format!("user {seed}");
        let mut client = service.speaking(subprotocol, user(&name)).await;
        let path = format!("/connections/{}/:send", client.id);
        let (mut sent, mut received) = (0, 0);
        for _ in 0..60 {
            match random.below(8) {
                0..4 => {
                    sent += 1;
                    service
                        .post(&path, "text/plain", sent.to_string().as_bytes())
                        .await;
                }
                4 => {
                    let target = received + random.below(sent - received + 1);
                    read_up_to(&mut client, &mut received, target).await;
                }
                5 => client.acknowledge(random.below(received + 1)).await,
                6 => {
                    let code =
                        [None, Some(1001), Some(4000)][usize::try_from(random.below(3)).unwrap()];
                    client.leave(code).await;
                    client = service.recover(client).await;
                }
                _ => client = service.recover(client).await,
            }
        }
        read_up_to(&mut client, &mut received, sent).await;
        client.acknowledge(received).await;
        client.leave(Some(1000)).await;
    }
}

#[tokio::test]
async fn a_client_that_comes_back_does_not_wait_for_a_write_to_its_old_socket() {
    let mut limits = Limits::default();
    limits.write_timeout = Duration::from_secs(24 * 60 * 60);
    let service = Service::with(limits).await;
    for subprotocol in RELIABLE {
        let client = service.speaking(subprotocol, user("ann").group("g")).await;
        // More than the buffers of two sockets take, which nobody reads.
        let large = "x".repeat(1024 * 1024);
        for _ in 0..12 {
            send(&service, &large).await;
        }
        let url = service.recovery_url(&client);
        let name = Some(subprotocol.as_str());
        let mut back = service.connect_to(&url, name).await.unwrap();
        back.subprotocol = subprotocol;
        for number in 1..=12 {
            let (text, sequence_id) = back.receive_text().await;
            assert_eq!((text.len(), sequence_id), (large.len(), number));
        }
        drop(client);
        back.leave(Some(1000)).await;
    }
}
