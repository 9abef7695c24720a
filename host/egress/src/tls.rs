//! Whom clients believe to be who they say. The system's certificates are some hundred files: they are read once for all clients, which share
//! nothing else.

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};

/// The authorities that certificates of servers must come from.
#[derive(Default)]
pub(crate) struct Trust {
    /// Those beside the system's.
    roots: Vec<CertificateDer<'static>>,
    verifier: OnceLock<Arc<Verifier>>,
}

impl Trust {
    /// The system's authorities, and one more.
    #[cfg(test)]
    pub(crate) fn also(root: &[u8]) -> Self {
        Self {
            roots: vec![CertificateDer::from(root.to_vec())],
            ..Self::default()
        }
    }

    /// How one client speaks TLS. Sessions are not resumed by others.
    ///
    /// # Errors
    /// When the system has no certificates.
    pub(crate) fn tls(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = CryptoProvider::get_default()
            .map_or_else(|| Arc::new(ring::default_provider()), Arc::clone);
        let verifier = match self.verifier.get() {
            Some(verifier) => verifier,
            None => {
                let made =
                    Verifier::new_with_extra_roots(self.roots.clone(), Arc::clone(&provider))?;
                self.verifier.get_or_init(|| Arc::new(made))
            }
        };
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = config
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(verifier) as _);
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}
