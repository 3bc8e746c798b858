use std::{io, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::client_async;
use webpubsub_emulator::{Builder, Emulator, Limits};

use crate::support::{Service, bearer, exchange, head, soon, user};

fn builder() -> Builder {
    Emulator::builder().tls()
}

/// A connection of a client that trusts the certificate and expects this name in it.
async fn connect(service: &Service, name: &'static str) -> io::Result<TlsStream<TcpStream>> {
    let pem = service.0.certificate_pem().unwrap();
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = ("127.0.0.1", service.address().port());
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name).unwrap();
    soon(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

#[tokio::test]
async fn rest_and_clients_work_over_tls() {
    let service = Service::built(builder()).await;
    assert_eq!(
        service.0.endpoint().to_string(),
        format!("https://{}", service.address())
    );
    let url = service.client_url(user("ann").group("g"));
    assert!(url.starts_with("wss://"), "{url}");
    let stream = connect(&service, "127.0.0.1").await.unwrap();
    let (_client, response) = soon(Box::pin(client_async(url, stream))).await.unwrap();
    assert_eq!(response.status(), 101);

    let path = "/api/hubs/h/groups/g/connections";
    let token = bearer(&service.url(path));
    let request = head("GET", path, service.address(), &[&token]);
    let stream = connect(&service, "127.0.0.1").await.unwrap();
    let answer = exchange(stream, request.as_bytes()).await;
    assert!(answer.text.contains(r#""userId":"ann""#), "{}", answer.text);
}

#[tokio::test]
async fn links_to_further_pages_are_https_too() {
    let service = Service::built(builder()).await;
    let mut clients = Vec::new();
    for _ in 0..2 {
        let stream = connect(&service, "localhost").await.unwrap();
        let url = service.client_url(user("ann").group("g"));
        clients.push(soon(Box::pin(client_async(url, stream))).await.unwrap());
    }
    let path = "/api/hubs/h/groups/g/connections?maxpagesize=1";
    let token = bearer(&service.url(path));
    let request = head("GET", path, service.address(), &[&token]);
    let stream = connect(&service, "localhost").await.unwrap();
    let answer = exchange(stream, request.as_bytes()).await;
    let link = format!(r#""nextLink":"{}"#, service.url("/api/hubs/h/groups/g/"));
    assert!(answer.text.contains(&link), "{}", answer.text);
}

#[tokio::test]
async fn the_certificate_is_for_all_names_of_this_machine_and_no_other() {
    let service = Service::built(builder().host("0.0.0.0")).await;
    for name in ["localhost", "127.0.0.1", "::1", "0.0.0.0"] {
        assert!(connect(&service, name).await.is_ok(), "{name}");
    }
    assert!(connect(&service, "example.com").await.is_err());
    let other = Service::built(builder()).await;
    assert_ne!(service.0.certificate_pem(), other.0.certificate_pem());
}

#[tokio::test]
async fn a_client_that_speaks_plain_http_is_told_so() {
    let service = Service::built(builder()).await;
    let answer = service.rest("HEAD", "/users/ann").await;
    insta::assert_snapshot!(answer.text, @r"
    HTTP/1.1 400 Bad Request
    content-type: text/plain
    connection: close

    This port speaks https and wss only.
    ");
}

#[tokio::test]
async fn a_client_that_does_not_shake_hands_is_dropped() {
    let mut limits = Limits::default();
    limits.request_timeout = Duration::from_millis(50);
    let service = Service::built(builder().limits(limits)).await;
    // Nothing; the begin of a handshake; what only looks like one; plain HTTP of one that does not read the answer.
    for bytes in [&b""[..], b"\x16\x03\x01", b"\x16garbage garbage", b"GET"] {
        let mut stream = TcpStream::connect(service.address()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // Whether with an end or a reset.
        let _ = soon(stream.read_to_end(&mut answer)).await;
    }
    assert!(connect(&service, "localhost").await.is_ok());
}

#[tokio::test]
async fn stopping_does_not_wait_for_handshakes() {
    let service = Service::built(builder()).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    soon(service.0.stop()).await;
    let _ = soon(stream.read_u8()).await.unwrap_err();
}
