//! The underlying HTTP client, with every feature off that would act on its own: proxies,
//! redirects, retries, referrers.

use crate::EgressError;
use crate::attempt_error::root_cause;
use crate::policy::base_url::allowed_networks;
use crate::policy::resolver::{CheckedResolver, Lookup};
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use reqwest::{Client, ClientBuilder, redirect, retry};
use std::sync::Arc;
use url::Url;

/// Builds a client that connects only to addresses its resolver has checked.
///
/// An IP address in a URL bypasses the resolver. Only a base URL and the URL of a token endpoint
/// can hold one, and both are checked when they are read; a grant names no addresses.
///
/// # Errors
/// Fails if the system has no certificates to verify servers with. A client for plain http is built
/// without them, and then trusts no https server at all.
pub(crate) fn build(
    base: &Url,
    private_network: bool,
    lookup: &Lookup,
    roots: &TrustRoots,
    timeouts: &Timeouts,
) -> Result<Client, EgressError> {
    let is_plain_http = base.scheme() == "http";
    let plain_http_name = base.host_str().filter(|_| is_plain_http);

    let builder = passive_builder(timeouts)
        .https_only(!is_plain_http)
        .dns_resolver(CheckedResolver {
            lookup: Arc::clone(lookup),
            allowed: allowed_networks(private_network),
            plain_http_name: plain_http_name.map(str::to_owned),
        });

    let built = match roots.client_config() {
        Ok(config) => builder.tls_backend_preconfigured(config).build(),
        // Plain http needs no certificates, so a machine without any can still use it.
        Err(_) if is_plain_http => builder.tls_certs_only([]).build(),
        Err(error) => return Err(EgressError::Client(error.to_string())),
    };

    built.map_err(|error| EgressError::Client(root_cause(&error)))
}

/// Returns a builder with the timeouts set and everything automatic switched off.
fn passive_builder(timeouts: &Timeouts) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.silence)
        .timeout(timeouts.attempt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::resolver::system_lookup;
    use crate::tls::install_crypto_provider;

    #[tokio::test]
    async fn https_client_refuses_plain_http_urls() {
        install_crypto_provider();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain_url = format!("http://{}/", listener.local_addr().unwrap());
        let base = Url::parse("https://hub.example/").unwrap();
        let client = build(
            &base,
            true,
            &system_lookup(),
            &TrustRoots::default(),
            &Timeouts::default(),
        )
        .unwrap();

        let error = client.get(plain_url).send().await.unwrap_err();

        assert!(error.is_builder());
    }
}
