//! The HTTP client of a channel, with everything off that would act on its own.

use crate::EgressError;
use crate::policy::address::Reach;
use crate::policy::base_url::reach;
use crate::policy::resolver::{CheckedResolver, Lookup};
use crate::timeouts::Timing;
use crate::tls::Trust;
use reqwest::{Client, ClientBuilder, redirect, retry};
use std::sync::Arc;
use url::Url;

/// Makes *ring* the process's TLS provider, unless there is one already. It builds without cmake, unlike rustls' own default.
pub(crate) fn install_tls_provider() {
    // The error says that another crate was first, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A client that dials nothing but what its resolver checked. (An address in a URL goes past the resolver. Only a base URL and the URL of a
/// token endpoint can have one, where it was checked; a grant names no addresses.)
///
/// # Errors
/// When the system has no certificates to check servers with. A client for plain http does without, and trusts no https server at all.
pub(crate) fn build(
    base: &Url,
    private_network: bool,
    lookup: &Lookup,
    trust: &Trust,
    timing: &Timing,
) -> Result<Client, EgressError> {
    let plain = base.scheme() == "http";
    let reach: Reach = reach(private_network);
    let builder = || {
        let plain_name = if plain {
            base.host_str().map(str::to_owned)
        } else {
            None
        };
        let resolver = CheckedResolver {
            lookup: Arc::clone(lookup),
            reach,
            plain: plain_name,
        };
        silent(timing).https_only(!plain).dns_resolver(resolver)
    };
    let built = match trust.tls() {
        Ok(tls) => builder().tls_backend_preconfigured(tls).build(),
        Err(_) if plain => builder().tls_certs_only([]).build(),
        Err(error) => return Err(EgressError::Client(error.to_string())),
    };
    built.map_err(|error| EgressError::Client(crate::attempt_error::root_cause(&error)))
}

/// Times and switches that are the same for all.
fn silent(timing: &Timing) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(timing.connect)
        .read_timeout(timing.silence)
        .timeout(timing.attempt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::resolver::system_lookup;

    #[tokio::test]
    async fn a_client_for_https_speaks_nothing_else() {
        install_tls_provider();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = format!("http://{}/", listener.local_addr().unwrap());
        let base = Url::parse("https://hub.example/").unwrap();
        let client = build(
            &base,
            true,
            &system_lookup(),
            &Trust::default(),
            &Timing::default(),
        )
        .unwrap();
        assert!(client.get(plain).send().await.unwrap_err().is_builder());
    }
}
