use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use webpubsub_client::{ErrorKind, Event, Subprotocol, WebPubSubClient, WebPubSubClientCredential};

use crate::{
    scripted::Server,
    support::{client_of, emulator, member, next, soon, started, started_with},
};

#[tokio::test]
async fn the_request_is_a_websocket_handshake_with_what_was_asked_for() {
    let server = Server::start().await;
    for subprotocol in Subprotocol::ALL {
        let header = HeaderName::from_static("x-gateway-key");
        let builder = server.client().subprotocol(subprotocol);
        let (client, _events) = builder
            .header(header, HeaderValue::from_static("1"))
            .build()
            .unwrap();
        let script = async {
            let arrival = server.next().await;
            assert_eq!(arrival.target, "/client/hubs/h?access_token=CANARY-token");
            let header = |name: &str| arrival.headers[name].as_str();
            assert_eq!(header("sec-websocket-protocol"), subprotocol.as_str());
            assert_eq!(header("sec-websocket-version"), "13");
            assert_eq!(header("x-gateway-key"), "1");
            assert!(server.url().contains(header("host")));
            assert!(header("user-agent").starts_with("webpubsub/"));
            arrival.refuse("503 Service Unavailable", "").await;
        };
        let (started, ()) = tokio::join!(soon(client.start()), script);
        assert_eq!(
            started.unwrap_err().status(),
            Some(StatusCode::SERVICE_UNAVAILABLE)
        );
    }
}

#[tokio::test]
async fn what_is_not_the_service_is_told_apart() {
    let server = Server::start().await;
    for (status, body, kind) in [
        ("401 Unauthorized", "", ErrorKind::Unauthorized),
        ("403 Forbidden", "", ErrorKind::Unauthorized),
        ("404 Not Found", "no such hub", ErrorKind::Refused),
        ("502 Bad Gateway", "<html>CANARY</html>", ErrorKind::Refused),
        ("200 OK", "<html>sign in</html>", ErrorKind::Refused),
    ] {
        let (client, _events) = server.client().build().unwrap();
        let script = async { server.next().await.refuse(status, body).await };
        let (started, ()) = tokio::join!(soon(client.start()), script);
        let error = started.unwrap_err();
        assert_eq!(
            (error.kind(), error.status().unwrap().as_str()),
            (kind, &status[..3])
        );
    }
    // Another subprotocol than the client's, or none.
    for lines in ["", "sec-websocket-protocol: json.webpubsub.azure.v1\r\n"] {
        let (client, _events) = server.client().build().unwrap();
        let script = async { server.next().await.accept_with(lines).await };
        let (started, _peer) = tokio::join!(soon(client.start()), script);
        let error = started.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("subprotocol"), "{error}");
    }
    // Nobody there.
    let url = Server::start().await.url();
    let (client, _events) = WebPubSubClient::new(url).unwrap();
    let error = soon(client.start()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn a_url_that_stays_the_same_says_when_its_token_has_expired() {
    let server = Server::start().await;
    let url = |exp: u64| {
        let claims = URL_SAFE_NO_PAD.encode(json!({ "exp": exp }).to_string());
        server
            .url()
            .replace("CANARY-token", &format!("h.{claims}.s"))
    };
    // At the start, and on the way.
    let (client, _events) = WebPubSubClient::new(url(1)).unwrap();
    let script = async { server.next().await.refuse("401 Unauthorized", "").await };
    let (started, ()) = tokio::join!(soon(client.start()), script);
    let error = started.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("has expired"), "{error}");

    let ((client, mut events), peer) =
        started_with(&server, WebPubSubClient::builder(url(1))).await;
    peer.close(1008).await;
    server.next().await.refuse("401 Unauthorized", "").await;
    assert!(matches!(next(&mut events).await, Event::Disconnected(_)));
    let Event::Stopped(stopped) = next(&mut events).await else {
        panic!("it is over");
    };
    assert!(stopped.error.unwrap().to_string().contains("has expired"));
    assert!(!client.state().is_connected());

    // A token that is good for another hour was refused for something else.
    let (client, _events) = WebPubSubClient::new(url(u64::from(u32::MAX))).unwrap();
    let script = async { server.next().await.refuse("401 Unauthorized", "").await };
    let (started, ()) = tokio::join!(soon(client.start()), script);
    let error = started.unwrap_err();
    assert!(!error.to_string().contains("has expired"), "{error}");
}

#[tokio::test]
async fn a_callback_is_asked_for_each_new_connection_and_not_to_recover() {
    let server = Server::start().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let (url, count) = (server.url(), Arc::clone(&asked));
    let credential = WebPubSubClientCredential::from_callback(move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let url = url.replace("CANARY-token", &format!("token-{number}"));
        async move {
            // The second time it fails, and is asked again.
            if number == 2 {
                Err(io::Error::other("no"))
            } else {
                Ok(url)
            }
        }
    });
    let mut options = webpubsub_client::ClientOptions::default();
    options.reconnect.base_delay = std::time::Duration::from_millis(1);
    let (client, mut events) = WebPubSubClient::builder(credential)
        .options(options)
        .build()
        .unwrap();
    let script = async {
        let first = server.next().await;
        assert!(
            first.target.ends_with("access_token=token-1"),
            "{}",
            first.target
        );
        let mut peer = first.accept().await;
        peer.greet("c1").await;
        peer
    };
    let (started, peer) = tokio::join!(soon(client.start()), script);
    started.unwrap();
    drop(peer);
    let again = server.next().await;
    assert_eq!(
        again.target,
        "/client/hubs/h?awps_connection_id=c1&awps_reconnection_token=CANARY%2Dreconnect"
    );
    again.accept().await.close(1008).await;
    let new = server.next().await;
    assert!(
        new.target.ends_with("access_token=token-3"),
        "{}",
        new.target
    );
    new.accept().await.greet("c2").await;
    for expected in ["Connected", "Recovering", "Disconnected", "Connected"] {
        let event = format!("{:?}", next(&mut events).await);
        assert!(event.starts_with(expected), "{event}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_callback_that_fails_or_gives_no_url_is_the_error_of_the_start() {
    let failing = || async { Err::<String, _>(io::Error::other("the server is down")) };
    let useless = || async { Ok::<_, io::Error>("ftp://a".to_owned()) };
    let insecure = || async { Ok::<_, io::Error>("ws://example.com/client/hubs/h".to_owned()) };
    let cases = [
        (
            WebPubSubClientCredential::from_callback(failing),
            ErrorKind::Credential,
        ),
        (
            WebPubSubClientCredential::from_callback(useless),
            ErrorKind::Config,
        ),
        (
            WebPubSubClientCredential::from_callback(insecure),
            ErrorKind::Config,
        ),
    ];
    for (credential, kind) in cases {
        let (client, _events) = WebPubSubClient::new(credential).unwrap();
        assert_eq!(soon(client.start()).await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn what_cannot_work_is_an_error_before_anything_is_sent() {
    for url in [
        "",
        "http://localhost",
        "ws://example.com/client/hubs/h",
        "wss://",
    ] {
        let error = WebPubSubClient::new(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
    }
    let mut options = webpubsub_client::ClientOptions::default();
    options.event_capacity = 0;
    let builder = WebPubSubClient::builder("ws://localhost").options(options);
    assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);

    let emulator = emulator().await;
    let (client, _events) = started(client_of(&emulator, member("ann"))).await;
    let message = || webpubsub_client::Message::text("x");
    let too_long = std::time::Duration::from_secs(301);
    for error in [
        soon(client.join_group("").into_future()).await,
        soon(client.send_event("no name", message()).into_future()).await,
        soon(
            client
                .send_to_group("g", message())
                .message_ttl(too_long)
                .into_future(),
        )
        .await,
    ] {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
}

#[cfg(feature = "rustls-ring")]
#[tokio::test]
async fn over_tls_the_server_must_be_one_that_is_trusted() {
    let emulator = webpubsub_emulator::Emulator::builder()
        .tls()
        .start()
        .await
        .unwrap();
    let builder = client_of(&emulator, member("ann"));
    let (client, _events) = builder.clone().build().unwrap();
    let error = soon(client.start()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);

    let mut transport = webpubsub_client::transport::TransportConfig::default();
    let certificate = emulator.certificate_pem().unwrap();
    transport.tls.add_root_certificates(certificate).unwrap();
    let (client, _events) = started(builder.transport(transport)).await;
    soon(client.join_group("g").into_future()).await.unwrap();
    soon(client.stop()).await;
}

#[cfg(feature = "rustls-ring")]
#[tokio::test]
async fn a_websocket_goes_through_the_proxy_that_is_set() {
    use webpubsub_client::transport::{Proxy, TransportConfig};

    let proxy = Server::start().await;
    let address = proxy.url().replace("ws://", "http://");
    let address = address.split("/client").next().unwrap();
    let mut transport = TransportConfig::default();
    transport.proxy = Proxy::new(address).unwrap();
    let builder = WebPubSubClient::builder("wss://service.test/client/hubs/h?access_token=CANARY");
    let (client, _events) = builder.transport(transport).build().unwrap();
    let script = async {
        let arrival = proxy.next().await;
        assert_eq!(arrival.target, "service.test:443");
        arrival
            .refuse("407 Proxy Authentication Required", "")
            .await;
    };
    let (started, ()) = tokio::join!(soon(client.start()), script);
    assert_eq!(started.unwrap_err().kind(), ErrorKind::Connect);
}
