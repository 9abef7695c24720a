//! TLS trust roots, loaded once and shared by all clients. The system's certificates are some
//! hundred files; clients share nothing else.

use once_cell::sync::OnceCell;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// The certificate authorities that servers are verified against.
#[derive(Default)]
pub(crate) struct TrustRoots {
    /// Authorities trusted besides the system's.
    extra: Vec<CertificateDer<'static>>,
    verifier: OnceCell<Arc<Verifier>>,
}

impl TrustRoots {
    /// Trusts the system's authorities and one more, given in DER.
    #[cfg(test)]
    pub(crate) fn with_extra(root: &[u8]) -> Self {
        Self {
            extra: vec![CertificateDer::from(root.to_vec())],
            ..Self::default()
        }
    }

    /// Returns the TLS configuration of one client. It is not shared, so that no client resumes the
    /// session of another.
    ///
    /// # Errors
    /// Fails if the system has no certificates.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = CryptoProvider::get_default()
            .map_or_else(|| Arc::new(ring::default_provider()), Arc::clone);
        let verifier = self.verifier.get_or_try_init(|| {
            Verifier::new_with_extra_roots(self.extra.clone(), Arc::clone(&provider)).map(Arc::new)
        })?;

        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            // The name is rustls' for any verifier that is not its own; this one is the platform's.
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(verifier) as _)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];

        Ok(config)
    }
}

/// Makes *ring* the TLS provider of the process, unless another one is installed already. It builds
/// without cmake, unlike rustls' own default.
pub(crate) fn install_crypto_provider() {
    // Fails only if a provider is installed already, and any provider will do.
    drop(ring::default_provider().install_default());
}
