//! Base URLs: where a connection's application is, as an operator gives it.

use crate::EgressError;
use crate::policy::address::{Kind, Reach, kind};
use crate::policy::target::{after_scheme, check_path};
use std::net::IpAddr;
use url::{Host, Url};

/// Reads and checks a base URL. The result has no trailing slash after a path, no query, fragment or user information, and its scheme is
/// https; or http, if `private_network` allows the connection into private networks. An application spoken to in plain http must then be in
/// one: an address is checked here, what a name leads to is checked whenever it is dialled.
///
/// # Errors
/// What is wrong, and never the URL itself, which may hold a password.
pub fn check_base_url(url: &str, private_network: bool) -> Result<Url, EgressError> {
    let wrong = |why: &str| Err(EgressError::BaseUrl(why.to_owned()));
    let text = url.trim();
    if text.contains('\\') || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return wrong("it holds a space, a control character or a backslash");
    }
    let Some(rest) = after_scheme(text) else {
        return wrong("it must begin with https://");
    };
    // The URL standard would take the host from what follows.
    if rest.is_empty() || rest.starts_with('/') {
        return wrong("it names no host");
    }
    let mut url = Url::parse(text).map_err(|error| EgressError::BaseUrl(error.to_string()))?;
    if rest
        .split('/')
        .next()
        .is_some_and(|authority| authority.contains('@'))
    {
        return wrong("it holds user information; the credential is given separately");
    }
    if text.contains(['?', '#']) {
        return wrong("it holds a query or a fragment");
    }
    // Looked at as it was given: in `url`, dot segments are gone already.
    let path = rest
        .find('/')
        .and_then(|start| rest.get(start..))
        .unwrap_or_default();
    check_path(path).map_err(|why| EgressError::BaseUrl(format!("its path {why}")))?;
    check_host(&url, private_network)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Where a connection may go at all.
pub(crate) const fn reach(private_network: bool) -> Reach {
    if private_network {
        Reach::Everywhere
    } else {
        Reach::Public
    }
}

/// Scheme, host and port: what holds for every URL that an operator gives.
///
/// # Errors
/// What is wrong, without the URL.
pub(crate) fn check_host(url: &Url, private_network: bool) -> Result<(), EgressError> {
    let wrong = |why: &str| Err(EgressError::BaseUrl(why.to_owned()));
    let plain = match url.scheme() {
        "https" => false,
        "http" if private_network => true,
        "http" => {
            return wrong(
                "it is unencrypted http, which is only possible for an application in a private network",
            );
        }
        _ => return wrong("it must begin with https://"),
    };
    if url.port() == Some(0) {
        return wrong("it names port 0");
    }
    let address: IpAddr = match url.host() {
        None => return wrong("it names no host"),
        Some(Host::Domain(name)) if name.ends_with('.') => {
            return wrong("its host name ends with a dot");
        }
        Some(Host::Domain(name)) if is_localhost(name) && !private_network => {
            return Err(EgressError::PrivateNetwork(format!(
                "{name} is this machine"
            )));
        }
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
    };
    let reach = if plain {
        Reach::PrivateOnly
    } else {
        reach(private_network)
    };
    match (reach.check(address), kind(address)) {
        (Ok(()), _) => Ok(()),
        (Err(what), Kind::Private(_)) => {
            Err(EgressError::PrivateNetwork(format!("it leads to {what}")))
        }
        (Err(what), _) => Err(EgressError::Address(what)),
    }
}

/// Said at once, because everybody tries it; what other names lead to is seen when they are dialled.
fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_in_one_spelling() {
        for (given, kept) in [
            (
                "https://Acme.Example.com/api/",
                "https://acme.example.com/api",
            ),
            ("https://acme.example.com", "https://acme.example.com/"),
            (
                "https://acme.example.com:443/a/b//",
                "https://acme.example.com/a/b",
            ),
            (
                " https://acme.example.com/x\n",
                "https://acme.example.com/x",
            ),
            ("https://8.8.8.8/api", "https://8.8.8.8/api"),
        ] {
            assert_eq!(check_base_url(given, false).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for given in [
            "",
            "acme.example.com",
            "/api",
            "ftp://acme.example.com",
            "https://",
            "https:acme.example.com",
            "https:acme.example.com/a/../b://c",
            "https:@acme.example.com/://c",
            "https://u:p@acme.example.com",
            "https://@acme.example.com",
            "https://acme.example.com/?a=b",
            "https://acme.example.com/#x",
            "https://acme.example.com./",
            "https://acme.example.com:0/",
            "https://acme.example.com/a/../b",
            "https://acme.example.com/%2e%2e/b",
            "https://a b.example/",
            "https://acme.example.com\\api",
            "https://acme.example.com/a%2fb",
            "http://acme.example.com/",
        ] {
            assert!(
                matches!(check_base_url(given, false), Err(EgressError::BaseUrl(_))),
                "{given:?}"
            );
        }
    }

    #[test]
    fn a_password_in_it_is_not_repeated() {
        let error = check_base_url("https://ann:hunter2@acme.example.com", false).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn private_networks_need_a_permission() {
        for given in [
            "https://127.0.0.1/",
            "https://10.0.0.5/",
            "https://[::1]:8443/",
            "https://localhost/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://app.localhost/",
        ] {
            assert!(
                matches!(
                    check_base_url(given, false),
                    Err(EgressError::PrivateNetwork(_))
                ),
                "{given}"
            );
            assert!(check_base_url(given, true).is_ok(), "{given}");
        }
        for given in [
            "http://127.0.0.1:8000/",
            "http://localhost:8000/hub/api",
            "http://hub.internal/",
            "http://[fd12::1]/",
        ] {
            assert!(check_base_url(given, false).is_err(), "{given}");
            assert!(check_base_url(given, true).is_ok(), "{given}");
        }
    }

    #[test]
    fn some_addresses_are_refused_to_all() {
        for given in [
            "https://169.254.169.254/",
            "https://0.0.0.0/",
            "https://[fd00:ec2::254]/",
            "https://224.0.0.1/",
            "http://8.8.8.8/",
        ] {
            assert!(
                matches!(check_base_url(given, true), Err(EgressError::Address(_))),
                "{given}"
            );
        }
    }
}
