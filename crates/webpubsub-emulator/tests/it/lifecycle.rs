use serde_json::json;
use tokio::net::TcpStream;
use webpubsub_auth::ConnectionString;
use webpubsub_emulator::{DEFAULT_ACCESS_KEY, Emulator, ErrorKind};

use crate::support::{Service, member, soon, user};

#[tokio::test]
async fn the_connection_string_names_the_address_and_the_key() {
    let emulator = Emulator::builder().start().await.unwrap();
    let text = emulator.connection_string();
    let address = emulator.address();
    assert_eq!(
        text,
        format!("Endpoint=http://{address};AccessKey={DEFAULT_ACCESS_KEY};Version=1.0;")
    );
    let parsed: ConnectionString = text.parse().unwrap();
    assert_eq!(parsed.endpoint(), emulator.endpoint());
    assert_eq!(emulator.secondary_connection_string(), None);
    assert_eq!(emulator.certificate_pem(), None);
}

#[tokio::test]
async fn an_emulator_on_any_address_is_reached_on_this_machine() {
    let emulator = Emulator::builder().host("0.0.0.0").start().await.unwrap();
    let port = emulator.address().port();
    assert_eq!(
        emulator.endpoint().to_string(),
        format!("http://127.0.0.1:{port}")
    );
}

#[tokio::test]
async fn stopping_says_goodbye_and_frees_the_port() {
    let service = Service::start().await;
    let mut json = service.json(user("json")).await;
    let mut plain = service.plain(user("plain")).await;
    let address = service.address();
    // Clients read while the emulator waits for their goodbyes.
    let by_json = async {
        let told = json.next_json().await;
        (told, json.closed().await)
    };
    let all = async { tokio::join!(by_json, plain.closed(), service.0.stop()) };
    let (by_json, by_plain, ()) = soon(all).await;
    let goodbye =
        json!({ "type": "system", "event": "disconnected", "message": "The service is stopping." });
    assert_eq!(
        by_json,
        (goodbye, (1001, "The service is stopping.".to_owned()))
    );
    assert_eq!(by_plain.0, 1001);
    let again = Emulator::builder()
        .port(address.port())
        .start()
        .await
        .unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let service = Service::start().await;
    let mut client = service.json(user("ann")).await;
    let address = service.address();
    drop(service);
    let end = soon(futures_util::StreamExt::next(&mut client.socket)).await;
    assert!(!matches!(end, Some(Ok(_))), "{end:?}");
    soon(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let first = Emulator::builder().start().await.unwrap();
    let port = first.address().port();
    let error = Emulator::builder().port(port).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressInUse);
    assert!(
        error
            .to_string()
            .starts_with(&format!("127.0.0.1:{port} is already in use")),
        "{error}"
    );
}

#[tokio::test]
async fn a_bad_key_or_host_is_an_error() {
    for key in ["", "a;b", "a b"] {
        let error = Emulator::builder()
            .access_key(key)
            .start()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessKey);
    }
    let error = Emulator::builder()
        .secondary_access_key("")
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessKey);
    let error = Emulator::builder()
        .host("256.0.0.1")
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Address);
}

#[tokio::test]
async fn nothing_prints_the_key() {
    let builder = Emulator::builder()
        .access_key("CANARY-7f3a9c")
        .secondary_access_key("CANARY-b04e21");
    assert!(!format!("{builder:?}").contains("CANARY"));
    let emulator = builder.start().await.unwrap();
    assert!(!format!("{emulator:?}").contains("CANARY"));
}

#[tokio::test]
async fn many_clients_come_and_go() {
    let service = Service::start().await;
    for _ in 0..20 {
        let mut clients = Vec::new();
        for n in 0..10 {
            clients.push(service.json(user(&format!("user {n}")).group("g")).await);
        }
        // Half of them without a goodbye.
        for client in clients.iter_mut().step_by(2) {
            client.socket.close(None).await.unwrap();
        }
    }
    service.forgets("/groups/g").await;
}

#[tokio::test]
async fn a_client_that_was_closed_publishes_no_more() {
    let service = Service::start().await;
    let mut closed = service.json(member("closed")).await;
    let mut stays = service.json(member("stays").group("g")).await;
    // What it has not read keeps the connection open for a while.
    for _ in 0..8 {
        let message = vec![b'x'; 1_000_000];
        let path = format!("/connections/{}/:send", closed.id);
        let answer = service.post(&path, "text/plain", &message).await;
        assert_eq!(answer.status, 202);
    }
    let path = format!("/connections/{}", closed.id);
    assert_eq!(service.rest("DELETE", &path).await.status, 204);
    closed
        .send_json(
            json!({ "type": "sendToGroup", "group": "g", "dataType": "text", "data": "ghost" }),
        )
        .await;
    closed.closed().await;
    let answer = service
        .post("/groups/g/:send", "text/plain", b"from the server")
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(stays.next_json().await["data"], "from the server");
}
