//! Names to addresses, once and checked. The HTTP client dials what this returns and asks nobody else, so between the check and the
//! connection there is no second lookup that could answer differently (DNS rebinding).

use crate::policy::address::Reach;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Looks a name up. Replaced in tests.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The operating system's own lookup: its hosts file, its DNS servers.
pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        }
        .boxed()
    })
}

/// A name led to an address that may not be reached. What it led to, for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Prohibited(pub String);

/// A name led nowhere.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {why}")]
pub(crate) struct Unresolved {
    name: String,
    why: String,
}

/// The HTTP client's only source of addresses.
pub(crate) struct CheckedResolver {
    pub lookup: Lookup,
    /// Where names lead to.
    pub reach: Reach,
    /// The name that is spoken to in plain http, if there is one: it may lead to private addresses alone.
    pub plain: Option<String>,
}

impl CheckedResolver {
    fn reach_of(&self, name: &str) -> Reach {
        if self.plain.as_deref() == Some(name) {
            Reach::PrivateOnly
        } else {
            self.reach
        }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let reach = self.reach_of(&name);
        let looking = (self.lookup)(name.clone());
        Box::pin(async move { check(name, reach, looking.await) })
    }
}

/// Every address must be allowed. One bad one among good ones is not left out but refuses them all: an application has no reason to name it,
/// and an attacker has.
fn check(
    name: String,
    reach: Reach,
    found: io::Result<Vec<IpAddr>>,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    let addresses = match found {
        Ok(addresses) if addresses.is_empty() => {
            return Err(Unresolved {
                name,
                why: "it has no address".into(),
            }
            .into());
        }
        Ok(addresses) => addresses,
        Err(error) => {
            return Err(Unresolved {
                name,
                why: error.to_string(),
            }
            .into());
        }
    };
    for address in &addresses {
        reach
            .check(*address)
            .map_err(|what| Prohibited(format!("{name} leads to {what}")))?;
    }
    // Port 0 stands for the port of the URL.
    Ok(Box::new(
        addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, 0)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A lookup that gives one answer after another, and the last one for ever.
    fn scripted(answers: &[&[&str]]) -> (Lookup, Arc<AtomicUsize>) {
        let answers: Vec<Vec<IpAddr>> = answers
            .iter()
            .map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let lookup: Lookup = Arc::new(move |_| {
            let index = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            let answer = answers[index].clone();
            async move { Ok(answer) }.boxed()
        });
        (lookup, asked)
    }

    async fn resolve(resolver: &CheckedResolver, name: &str) -> Result<Vec<String>, String> {
        let addresses = resolver.resolve(name.parse().unwrap()).await;
        addresses
            .map(|found| found.map(|address| address.ip().to_string()).collect())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn it_returns_exactly_what_it_checked_and_asks_once() {
        let (lookup, asked) = scripted(&[&["8.8.8.8", "2606:4700::1111"], &["127.0.0.1"]]);
        let resolver = CheckedResolver {
            lookup,
            reach: Reach::Public,
            plain: None,
        };
        assert_eq!(
            resolve(&resolver, "api.example").await.unwrap(),
            ["8.8.8.8", "2606:4700::1111"]
        );
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let rebound = resolve(&resolver, "api.example").await.unwrap_err();
        assert_eq!(
            rebound,
            "api.example leads to 127.0.0.1, a loopback address"
        );
    }

    #[tokio::test]
    async fn one_bad_address_among_good_ones_refuses_all() {
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
                reach: Reach::Public,
                plain: None,
            };
            assert!(resolve(&resolver, "api.example").await.is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn private_networks_can_be_allowed_but_metadata_cannot() {
        let (lookup, _) = scripted(&[&["10.0.0.1", "8.8.8.8"], &["169.254.169.254"]]);
        let resolver = CheckedResolver {
            lookup,
            reach: Reach::Everywhere,
            plain: None,
        };
        assert!(resolve(&resolver, "hub.internal").await.is_ok());
        assert!(resolve(&resolver, "hub.internal").await.is_err());
    }

    #[tokio::test]
    async fn a_plain_http_name_stays_in_private_networks() {
        let (lookup, _) = scripted(&[&["8.8.8.8"]]);
        let resolver = CheckedResolver {
            lookup,
            reach: Reach::Everywhere,
            plain: Some("hub.internal".into()),
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
    async fn a_name_without_addresses_does_not_resolve() {
        let (lookup, _) = scripted(&[&[]]);
        let resolver = CheckedResolver {
            lookup,
            reach: Reach::Public,
            plain: None,
        };
        assert_eq!(
            resolve(&resolver, "nowhere.example").await.unwrap_err(),
            "nowhere.example: it has no address"
        );
    }
}
