//! A service that takes every request with the agreed body and answers 202 at once, with the headers the real one sends; in
//! clear, and with TLS over HTTP/1.1 alone or with HTTP/2 too. Another body is refused, as who sends it is not to be compared.
//!
//! Prints `<address in clear> <address with TLS, HTTP/1.1> <address with TLS, HTTP/2> <the certificate, DER in base64>`.

use std::{error::Error, io, process, sync::Arc, thread};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rcgen::generate_simple_self_signed;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    runtime, spawn,
};
use tokio_rustls::TlsAcceptor;
use webpubsub_bench::{sends, server::stand_by};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (addresses, certificate) = runtime.block_on(start())?;
    let line = format!("{} {certificate}", addresses.join(" "));
    thread::spawn(move || {
        let ended = stand_by(&line);
        process::exit(i32::from(ended.is_err()));
    });
    runtime.block_on(std::future::pending::<()>());
    Ok(())
}

/// Listens; gives the addresses, and the certificate to trust.
async fn start() -> Result<([String; 3], String), Box<dyn Error>> {
    let made = generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    let offering = |protocols: &[&[u8]]| {
        let mut config = config.clone();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Some(TlsAcceptor::from(Arc::new(config)))
    };
    let addresses = [
        listen(None).await?,
        listen(offering(&[b"http/1.1"])).await?,
        listen(offering(&[b"h2", b"http/1.1"])).await?,
    ];
    Ok((addresses, STANDARD.encode(made.cert.der())))
}

async fn listen(tls: Option<TlsAcceptor>) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            spawn(welcome(stream, tls.clone()));
        }
    });
    Ok(address)
}

async fn welcome(stream: TcpStream, tls: Option<TlsAcceptor>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => serve(stream).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                serve(stream).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let http = auto::Builder::new(TokioExecutor::new());
    let expected = Bytes::from(sends::body());
    let service = service_fn(|request| answer(request, expected.clone()));
    // Whoever leaves ends it with an error, which is nobody's loss.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    expected: Bytes,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    Ok(if body == expected {
        accepted()
    } else {
        refused(&body, &expected)
    })
}

fn refused(body: &Bytes, expected: &Bytes) -> Response<Full<Bytes>> {
    let text = format!(
        "a body of {} bytes is not the agreed one of {}",
        body.len(),
        expected.len()
    );
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn accepted() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::ACCEPTED;
    let headers = response.headers_mut();
    headers.insert(
        "x-ms-client-request-id",
        HeaderValue::from_static("5f3b8f4e-1d2c-4b5a-9e8d-7c6b5a493827"),
    );
    headers.insert(
        "api-supported-versions",
        HeaderValue::from_static("2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01"),
    );
    response
}
