//! Resolves host names, once and with every address checked. The HTTP client connects to exactly
//! these addresses and has no other resolver. No second lookup comes between the check and the
//! connection, so it cannot return other addresses (DNS rebinding).

use crate::policy::address::AllowedNetworks;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A function that looks up the addresses of a name. Tests replace it.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Returns the lookup of the operating system, with its hosts file and DNS servers.
pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        }
        .boxed()
    })
}

/// A name led to an address that the connection may not reach. Holds the text for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ProhibitedAddress(pub String);

/// A name has no address, or the lookup failed.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
struct UnresolvedName {
    name: String,
    reason: String,
}

/// The resolver of the HTTP client.
pub(crate) struct CheckedResolver {
    /// The lookup whose results are checked.
    pub lookup: Lookup,
    /// The networks that names may lead to.
    pub allowed: AllowedNetworks,
    /// The name that is contacted over plain http, if any. It may lead to private addresses only.
    pub plain_http_name: Option<String>,
}

impl CheckedResolver {
    fn allowed_for(&self, name: &str) -> AllowedNetworks {
        if self.plain_http_name.as_deref() == Some(name) {
            AllowedNetworks::PrivateOnly
        } else {
            self.allowed
        }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let allowed = self.allowed_for(&name);
        let lookup = (self.lookup)(name.clone());
        Box::pin(async move { check_all(name, allowed, lookup.await) })
    }
}

/// Checks every address of a name. A single bad one among good ones is not left out but rejects
/// them all: an attacker has a reason to publish it, and an application has none.
fn check_all(
    name: String,
    allowed: AllowedNetworks,
    found: io::Result<Vec<IpAddr>>,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    let addresses = match found {
        Ok(addresses) if !addresses.is_empty() => addresses,
        Ok(_) => {
            let reason = "it has no address".into();
            return Err(UnresolvedName { name, reason }.into());
        }
        Err(error) => {
            let reason = error.to_string();
            return Err(UnresolvedName { name, reason }.into());
        }
    };

    for address in &addresses {
        allowed
            .check(*address)
            .map_err(|what| ProhibitedAddress(format!("{name} leads to {what}")))?;
    }

    // Port 0 stands for the port of the URL.
    let addresses = addresses.into_iter();
    Ok(Box::new(
        addresses.map(|address| SocketAddr::new(address, 0)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Returns a lookup that gives one result after another, then the last one for ever. Also
    /// returns the number of lookups so far.
    fn scripted(results: &[&[&str]]) -> (Lookup, Arc<AtomicUsize>) {
        let results: Vec<Vec<IpAddr>> = results
            .iter()
            .map(|result| result.iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        let lookups = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&lookups);
        let lookup: Lookup = Arc::new(move |_| {
            let index = count.fetch_add(1, Ordering::SeqCst).min(results.len() - 1);
            let result = results[index].clone();
            async move { Ok(result) }.boxed()
        });
        (lookup, lookups)
    }

    async fn resolve(resolver: &CheckedResolver, name: &str) -> Result<Vec<String>, String> {
        let addresses = resolver.resolve(name.parse().unwrap()).await;
        addresses
            .map(|found| found.map(|address| address.ip().to_string()).collect())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn resolver_returns_exactly_the_checked_addresses_of_one_lookup() {
        let (lookup, lookups) = scripted(&[&["8.8.8.8", "2606:4700::1111"], &["127.0.0.1"]]);
        let resolver = CheckedResolver {
            lookup,
            allowed: AllowedNetworks::Public,
            plain_http_name: None,
        };

        assert_eq!(
            resolve(&resolver, "api.example").await.unwrap(),
            ["8.8.8.8", "2606:4700::1111"]
        );
        assert_eq!(lookups.load(Ordering::SeqCst), 1);

        let rebound = resolve(&resolver, "api.example").await.unwrap_err();

        assert_eq!(
            rebound,
            "api.example leads to 127.0.0.1, a loopback address"
        );
    }

    #[tokio::test]
    async fn one_prohibited_address_rejects_the_whole_name() {
        for bad in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "fd00:ec2::254",
        ] {
            let (lookup, _) = scripted(&[&["8.8.8.8", bad, "1.1.1.1"]]);
            let resolver = CheckedResolver {
                lookup,
                allowed: AllowedNetworks::Public,
                plain_http_name: None,
            };

            assert!(resolve(&resolver, "api.example").await.is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn metadata_addresses_stay_forbidden_when_private_networks_are_allowed() {
        let (lookup, _) = scripted(&[&["10.0.0.1", "8.8.8.8"], &["169.254.169.254"]]);
        let resolver = CheckedResolver {
            lookup,
            allowed: AllowedNetworks::All,
            plain_http_name: None,
        };

        assert!(resolve(&resolver, "hub.internal").await.is_ok());
        assert!(resolve(&resolver, "hub.internal").await.is_err());
    }

    #[tokio::test]
    async fn plain_http_name_may_lead_to_private_addresses_only() {
        let (lookup, _) = scripted(&[&["8.8.8.8"]]);
        let resolver = CheckedResolver {
            lookup,
            allowed: AllowedNetworks::All,
            plain_http_name: Some("hub.internal".into()),
        };

        assert!(
            resolve(&resolver, "hub.internal")
                .await
                .unwrap_err()
                .contains("unencrypted")
        );
        assert!(resolve(&resolver, "api.example").await.is_ok());
    }

    #[tokio::test]
    async fn name_without_addresses_is_an_error() {
        let (lookup, _) = scripted(&[&[]]);
        let resolver = CheckedResolver {
            lookup,
            allowed: AllowedNetworks::Public,
            plain_http_name: None,
        };

        assert_eq!(
            resolve(&resolver, "nowhere.example").await.unwrap_err(),
            "nowhere.example: it has no address"
        );
    }
}
