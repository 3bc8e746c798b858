//! All use of the TLS and certificate libraries.

use std::{
    fmt, io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::Error;

/// The names everyone on this machine may use.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest that all platforms take a certificate for is 398 days.
const VALID_DAYS: u32 = 365;

/// How each TLS connection begins: a record that holds a handshake (RFC 8446, section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

const PLAIN_HTTP: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n\
This port speaks https and wss only.\n";

/// Encrypts connections, with a certificate of its own making.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate_pem: String,
}

impl Tls {
    /// Makes a key, and a certificate for `host` and all names of this machine.
    pub(crate) fn new(host: &str) -> Result<Self, Error> {
        let key = KeyPair::generate().map_err(Error::certificate)?;
        let certificate = params(host)
            .and_then(|params| params.self_signed(&key))
            .map_err(Error::certificate)?;
        let certificate_pem = pem(certificate.der());
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::certificate)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .map_err(Error::certificate)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate_pem,
        })
    }

    pub(crate) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Shakes hands with a client. One that speaks plain HTTP is told so.
    pub(crate) async fn accept(&self, mut stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [HANDSHAKE_RECORD];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE_RECORD] {
            turn_away(&mut stream).await?;
            return Err(io::Error::other("the client speaks no TLS"));
        }
        self.acceptor.accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

fn params(host: &str) -> Result<CertificateParams, rcgen::Error> {
    let names = LOCAL_NAMES.map(str::to_owned);
    let mut params = CertificateParams::new(names)?;
    let asked = CertificateParams::new([host.to_owned()])?.subject_alt_names;
    let is_new = |name: &SanType| !params.subject_alt_names.contains(name);
    let asked: Vec<_> = asked.into_iter().filter(is_new).collect();
    params.subject_alt_names.extend(asked);
    params
        .distinguished_name
        .push(DnType::CommonName, "webpubsub-emulator");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + VALID_DAYS * DAY).into();
    Ok(params)
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    // Base64 is ASCII: each 64 bytes are 64 characters.
    for line in base64.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// Answers, and reads on until the client has seen it: what is unread would reset the connection before.
async fn turn_away(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN_HTTP).await?;
    stream.shutdown().await?;
    let mut discarded = [0; 1024];
    while let 1.. = stream.read(&mut discarded).await? {}
    Ok(())
}
