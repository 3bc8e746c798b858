//! What is said when a feature is missing. Run by `cargo xtask features`, with the features that are meant.

use webpubsub_transport::{Connector, ErrorKind, TransportConfig};

/// What a connector for `https`, and one for any host, cannot be made for.
fn refusals() -> Vec<String> {
    let config = TransportConfig::default();
    let endpoint = "https://example.com".parse().unwrap();
    let connectors = [
        Connector::new(&config, &endpoint),
        Connector::to_any_host(&config),
    ];
    let errors = connectors.into_iter().filter_map(Result::err);
    errors
        .map(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            error.to_string()
        })
        .collect()
}

#[cfg(not(feature = "rustls-no-provider"))]
#[test]
fn without_tls_https_is_refused() {
    let error = "https needs TLS: enable `rustls-ring`, `rustls-aws-lc-rs` or `rustls-no-provider`";
    assert_eq!(refusals(), [error; 2]);
    let endpoint = "http://localhost".parse().unwrap();
    Connector::new(&TransportConfig::default(), &endpoint).unwrap();
}

#[cfg(feature = "rustls-no-provider")]
#[test]
fn without_a_provider_https_is_refused_until_the_application_installs_one() {
    let error = "TLS needs a crypto provider: install one for the process, or enable `rustls-ring` or `rustls-aws-lc-rs`";
    assert_eq!(refusals(), [error; 2]);
    let installed = rustls::crypto::ring::default_provider().install_default();
    installed.unwrap();
    assert!(refusals().is_empty());
}
