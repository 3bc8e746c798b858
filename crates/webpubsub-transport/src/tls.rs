//! All use of rustls.

mod provider;
mod roots;

use std::{io, sync::Arc};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

pub use self::roots::{TlsConfig, TlsRoots};
use crate::{Error, TransportConfig};

/// Makes connections secret, to whom the configured roots vouch for.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    pub(crate) fn new(config: &TransportConfig) -> Result<Self, Error> {
        let provider = provider::provider()?;
        let verifier = config.tls.verifier(&provider).map_err(Error::tls)?;
        let mut client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::tls)?
            // The verifiers of the platform are "custom" too.
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        if cfg!(feature = "http2") {
            client.alpn_protocols.push(b"h2".to_vec());
        }
        client.alpn_protocols.push(b"http/1.1".to_vec());
        Ok(Self(TlsConnector::from(Arc::new(client))))
    }

    /// The same for protocols that only HTTP/1.1 leads to.
    pub(crate) fn without_http2(self) -> Self {
        let mut client = ClientConfig::clone(self.0.config());
        client.alpn_protocols.retain(|protocol| protocol != b"h2");
        Self(TlsConnector::from(Arc::new(client)))
    }

    /// The stream, and whether HTTP/2 was agreed on.
    pub(crate) async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, bool)> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
        let stream = self.0.connect(name, stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((stream, is_http2))
    }
}
