//! All use of rustls.

use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::{CryptoProvider, ring};

use crate::Error;

/// TLS over `tcp`, trusting what the system trusts.
pub(crate) fn connector(mut tcp: HttpConnector) -> Result<HttpsConnector<HttpConnector>, Error> {
    // The application's choice if it made one; always named, since two providers in one process make rustls panic.
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder = HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(provider)
        .map_err(Error::tls)?;
    // The scheme is enforced by `https_only`.
    tcp.enforce_http(false);
    Ok(builder.https_only().enable_http1().wrap_connector(tcp))
}
