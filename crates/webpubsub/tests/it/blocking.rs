use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::OnceLock,
    thread,
    time::Duration,
};

use webpubsub::{ClientAccessToken, ErrorKind, Message, blocking::WebPubSubServiceClient};
use webpubsub_emulator::Emulator;

use crate::support::{HUB, Received, Receiver, emulator};

fn blocking(emulator: &Emulator) -> WebPubSubServiceClient {
    WebPubSubServiceClient::from_connection_string(&emulator.connection_string(), HUB).unwrap()
}

#[test]
fn every_method_works_on_a_plain_thread() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    let client = blocking(&emulator);
    let url = client
        .client_access_url(ClientAccessToken::new().user_id("ann").group("room"))
        .unwrap();
    let mut ann = runtime.block_on(Receiver::connect(&url));

    client.service_status().send().unwrap();
    client
        .send_to_all(Message::text("all"))
        .excluded(["other"])
        .send()
        .unwrap();
    client
        .send_to_group("room", Message::text("group"))
        .send()
        .unwrap();
    client
        .send_to_user("ann", Message::binary(vec![7]))
        .send()
        .unwrap();
    client
        .send_to_connection("gone", Message::text("x"))
        .send()
        .unwrap();
    let expected = [
        Received::text("all"),
        Received::text("group"),
        Received::Binary(vec![7]),
    ];
    for expected in expected {
        assert_eq!(runtime.block_on(ann.next()), expected);
    }
    assert!(client.user_exists("ann").send().unwrap());
    assert!(client.group_exists("room").send().unwrap());
    assert!(!client.connection_exists("gone").send().unwrap());
    client
        .remove_connection_from_group("room", "gone")
        .send()
        .unwrap();
    client.close_connection("gone").reason("x").send().unwrap();
    let error = client
        .add_connection_to_group("room", "gone")
        .send()
        .unwrap_err();
    assert_eq!(error.service_code(), Some("Error.Connection.NotExisted"));
    let error = client
        .send_to_group("", Message::text("x"))
        .send()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn threads_share_a_client() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    let client = blocking(&emulator);
    thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for _ in 0..10 {
                    client.send_to_all(Message::text("x")).send().unwrap();
                }
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_neither_panics_nor_hangs_in_a_runtime_of_many_threads() {
    let emulator = emulator().await;
    let client = blocking(&emulator);
    client
        .send_to_all(Message::text("on a worker"))
        .send()
        .unwrap();
    let on_pool = client.clone();
    let sent = tokio::task::spawn_blocking(move || {
        on_pool.send_to_all(Message::text("on the pool")).send()
    });
    sent.await.unwrap().unwrap();
    drop(client);
}

#[tokio::test]
async fn it_neither_panics_nor_hangs_in_a_runtime_of_one_thread() {
    // The emulator is elsewhere: the one thread here is blocked while the client waits.
    let elsewhere = thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let emulator = runtime.block_on(emulator());
        (runtime, emulator)
    });
    let (runtime, emulator) = elsewhere.join().unwrap();
    let client = blocking(&emulator);
    client.send_to_all(Message::text("x")).send().unwrap();
    drop((client, emulator));
    runtime.shutdown_background();
}

#[test]
fn it_works_inside_an_executor_that_is_not_tokio() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    futures_util::FutureExt::now_or_never(async {
        let client = blocking(&emulator);
        client.send_to_all(Message::text("x")).send().unwrap();
    })
    .unwrap();
}

#[test]
fn a_custom_stack_works_without_async_too() {
    let service = tower::service_fn(|_: http::Request<webpubsub::transport::Body>| async {
        // Waiting needs the client's own runtime.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        http::Response::builder()
            .status(202)
            .body(webpubsub::transport::Body::default())
    });
    let client = WebPubSubServiceClient::with_service("https://example.com", "h", service).unwrap();
    client.send_to_all(Message::text("x")).send().unwrap();
}

/// Sends when it is dropped.
struct Goodbye(WebPubSubServiceClient);

impl Drop for Goodbye {
    fn drop(&mut self) {
        self.0.send_to_all(Message::text("goodbye")).send().unwrap();
    }
}

#[test]
fn it_works_while_its_thread_is_torn_down() {
    thread_local! {
        static LAST: std::cell::RefCell<Option<Goodbye>> = const { std::cell::RefCell::new(None) };
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = runtime.block_on(emulator());
    let client = blocking(&emulator);
    let url = client.client_access_url(ClientAccessToken::new()).unwrap();
    let mut receiver = runtime.block_on(Receiver::connect(&url));
    thread::spawn(move || LAST.with(|last| *last.borrow_mut() = Some(Goodbye(client))))
        .join()
        .unwrap();
    assert_eq!(runtime.block_on(receiver.next()), Received::text("goodbye"));
}

/// Answers a connection's first request.
fn answer_once(listener: &TcpListener) -> TcpStream {
    let (mut connection, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(&connection).lines();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    connection
        .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    connection
}

#[test]
fn a_connection_that_ended_between_two_calls_is_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let key = webpubsub::AccessKey::new("key").unwrap();
    let client = WebPubSubServiceClient::new(endpoint, key, HUB).unwrap();
    for _ in 0..50 {
        let listener = listener.try_clone().unwrap();
        let answered = thread::spawn(move || answer_once(&listener));
        let call = client.send_to_all(Message::text("x")).max_retries(0);
        call.timeout(Duration::from_secs(10)).send().unwrap();
        let connection = answered.join().unwrap();
        connection.shutdown(Shutdown::Both).unwrap();
    }
}

#[test]
fn a_layer_that_calls_its_own_client_gets_an_error() {
    static CLIENT: OnceLock<WebPubSubServiceClient> = OnceLock::new();
    let service = tower::service_fn(|_: http::Request<webpubsub::transport::Body>| async {
        let again = CLIENT.get().unwrap().service_status().send();
        again.map(|()| http::Response::new(webpubsub::transport::Body::default()))
    });
    let client = WebPubSubServiceClient::with_service("https://example.com", "h", service).unwrap();
    let client = CLIENT.get_or_init(|| client);
    let error = client.service_status().send().unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("a layer of the blocking client"),
        "{message}"
    );
}
