use std::{fmt, sync::Arc};

use rustls::{
    RootCertStore,
    client::danger::ServerCertVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

use crate::{BoxError, Error};

/// Which servers are trusted.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TlsConfig {
    /// The certificate authorities that are trusted. Default those of the platform.
    pub roots: TlsRoots,
    added: Vec<CertificateDer<'static>>,
}

/// A set of certificate authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TlsRoots {
    /// Those the operating system trusts, by its own rules where it has any. Includes what a company added to it.
    #[default]
    Platform,
    /// Mozilla's list, as compiled in: for systems without one of their own, such as empty containers.
    #[cfg(feature = "webpki-roots")]
    WebPki,
}

impl TlsConfig {
    /// Trusts more certificates besides [`roots`](Self::roots): a company's own authority, or the self-signed
    /// certificate of an emulator. `pem` holds one or more of them; what else is in it is skipped.
    ///
    /// An error of kind [`InvalidConfig`](crate::ErrorKind::InvalidConfig) if there is none in it, or one that cannot be
    /// read, which it counts from 1; nothing is added then.
    ///
    /// ```no_run
    /// use webpubsub_transport::TransportConfig;
    ///
    /// let mut config = TransportConfig::default();
    /// config.tls.add_root_certificates(std::fs::read("company.pem")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_root_certificates(&mut self, pem: impl AsRef<[u8]>) -> Result<(), Error> {
        let mut store = RootCertStore::empty();
        let mut certificates = Vec::new();
        for (index, certificate) in CertificateDer::pem_slice_iter(pem.as_ref()).enumerate() {
            let number = index + 1;
            // The source would show what was read.
            let certificate = certificate.map_err(|_: pem::Error| {
                Error::config(format!("certificate {number} of `pem` is not valid PEM"))
            })?;
            store.add(certificate.clone()).map_err(|error| {
                Error::config(format!("certificate {number} of `pem` is not valid X.509"))
                    .because(error)
            })?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err(Error::config("`pem` must hold a PEM certificate"));
        }
        self.added.append(&mut certificates);
        Ok(())
    }

    pub(super) fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, BoxError> {
        let (added, provider) = (self.added.iter().cloned(), Arc::clone(provider));
        match self.roots {
            TlsRoots::Platform => Ok(Arc::new(Verifier::new_with_extra_roots(added, provider)?)),
            #[cfg(feature = "webpki-roots")]
            TlsRoots::WebPki => {
                let mut store = RootCertStore::empty();
                store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
                for certificate in added {
                    store.add(certificate)?;
                }
                let store = Arc::new(store);
                Ok(
                    rustls::client::WebPkiServerVerifier::builder_with_provider(store, provider)
                        .build()?,
                )
            }
        }
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let added = format_args!("{} certificates", self.added.len());
        f.debug_struct("TlsConfig")
            .field("roots", &self.roots)
            .field("added", &added)
            .finish()
    }
}
