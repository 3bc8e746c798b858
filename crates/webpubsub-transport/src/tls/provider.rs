use std::sync::Arc;

use rustls::crypto::CryptoProvider;

use crate::Error;

#[cfg(feature = "rustls-aws-lc-rs")]
const COMPILED_IN: Option<fn() -> CryptoProvider> =
    Some(rustls::crypto::aws_lc_rs::default_provider);

#[cfg(all(feature = "rustls-ring", not(feature = "rustls-aws-lc-rs")))]
const COMPILED_IN: Option<fn() -> CryptoProvider> = Some(rustls::crypto::ring::default_provider);

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs")))]
const COMPILED_IN: Option<fn() -> CryptoProvider> = None;

/// The application's choice if it made one, else the one that was compiled in.
///
/// Always named to rustls, since two providers in one process make it panic; never installed, since that is the
/// application's to do.
pub(super) fn provider() -> Result<Arc<CryptoProvider>, Error> {
    let chosen = CryptoProvider::get_default().cloned();
    let provider = chosen.or_else(|| COMPILED_IN.map(|make| Arc::new(make())));
    provider.ok_or_else(|| {
        Error::config(
            "TLS needs a crypto provider: install one for the process, or enable `rustls-ring` or `rustls-aws-lc-rs`",
        )
    })
}
