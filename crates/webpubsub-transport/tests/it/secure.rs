//! A certificate authority and a server with TLS.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Request, Response, request::Parts};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use webpubsub_transport::{Body, TransportConfig};

/// Vouches for servers of tests.
pub(crate) struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = "webpubsub tests";
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        let issuer = Issuer::new(params, key);
        Self {
            certificate,
            issuer,
        }
    }

    pub(crate) fn pem(&self) -> String {
        pem(&self.certificate)
    }

    /// Settings that trust this authority.
    pub(crate) fn trusted(&self) -> TransportConfig {
        let mut config = TransportConfig::default();
        config.tls.add_root_certificates(self.pem()).unwrap();
        config.retry.max_retries = 0;
        config
    }

    /// What accepts TLS as `host`, offering these protocols.
    pub(crate) fn acceptor(&self, host: &str, alpn: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        acceptor(certificate.der().clone(), &key, alpn)
    }
}

pub(crate) fn pem(certificate: &CertificateDer<'_>) -> String {
    let encoded = STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n")
}

/// A certificate that vouches for itself, and what accepts TLS with it.
pub(crate) fn self_signed(host: &str) -> (CertificateDer<'static>, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([host.to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let acceptor = acceptor(certificate.clone(), &key, &[]);
    (certificate, acceptor)
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair, alpn: &[&str]) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Answers every request with 200, and remembers what it was asked. Ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Parts>>,
}

impl Server {
    pub(crate) async fn start(tls: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&seen);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, seen) = (tls.clone(), Arc::clone(&shared));
                connections.spawn(async move {
                    // A client may refuse.
                    if let Ok(stream) = tls.accept(stream).await {
                        seen.serve(stream).await;
                    }
                });
            }
        });
        Self {
            address,
            seen,
            _tasks: tasks,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// How many handshakes were completed.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// What was asked since the last call.
    pub(crate) fn requests(&self) -> Vec<Parts> {
        std::mem::take(&mut self.seen.requests.lock().unwrap())
    }
}

impl Seen {
    async fn serve(self: Arc<Self>, stream: TlsStream<TcpStream>) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let service = service_fn(|request: Request<Incoming>| {
            self.requests.lock().unwrap().push(request.into_parts().0);
            async { Ok::<_, Infallible>(Response::new(Body::default())) }
        });
        let io = TokioIo::new(stream);
        // How the client leaves is its own affair.
        let _ = if is_http2 {
            http2::Builder::new(TokioExecutor::new())
                .serve_connection(io, service)
                .await
        } else {
            http1::Builder::new().serve_connection(io, service).await
        };
    }
}
