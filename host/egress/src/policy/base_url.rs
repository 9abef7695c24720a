//! Base URLs: the address of a connection's application, as an operator gives it.

use crate::EgressError;
use crate::policy::address::{AddressClass, AllowedNetworks, classify};
use crate::policy::target::{after_scheme, check_path};
use std::net::IpAddr;
use url::{Host, Url};

/// Parses and checks a base URL.
///
/// The result has no query, fragment or user information, and its path no trailing slash. Its
/// scheme is https; or http, if `private_network` allows the connection into private networks. The
/// application must then be in one: an address is checked here, and the addresses of a name
/// whenever it is connected to.
///
/// # Errors
/// The error says what is wrong without repeating the URL, which may hold a password.
pub fn check_base_url(url: &str, private_network: bool) -> Result<Url, EgressError> {
    let rest = check_text(url.trim())?;
    let mut parsed =
        Url::parse(url.trim()).map_err(|error| EgressError::BaseUrl(error.to_string()))?;
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(unusable(
            "it holds user information; the credential is given separately",
        ));
    }
    if rest.contains(['?', '#']) {
        return Err(unusable("it holds a query or a fragment"));
    }

    // The path is checked as it was given: parsing has removed dot segments already.
    let path = rest.get(authority.len()..).unwrap_or_default();
    check_path(path).map_err(|why| EgressError::BaseUrl(format!("its path {why}")))?;
    check_origin(&parsed, private_network)?;

    let path = parsed.path().trim_end_matches('/').to_owned();
    parsed.set_path(&path);
    Ok(parsed)
}

/// Checks the text before it is parsed, which would repair some of it. Returns the part after the
/// scheme.
fn check_text(text: &str) -> Result<&str, EgressError> {
    if text.contains('\\') || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(unusable(
            "it holds a space, a control character or a backslash",
        ));
    }

    let rest = after_scheme(text).ok_or_else(|| unusable("it must begin with https://"))?;
    // The URL standard would skip further slashes and find a host after them.
    if rest.is_empty() || rest.starts_with('/') {
        return Err(unusable("it names no host"));
    }
    Ok(rest)
}

/// Returns the networks that a connection may reach over https.
pub(crate) const fn allowed_networks(private_network: bool) -> AllowedNetworks {
    if private_network {
        AllowedNetworks::All
    } else {
        AllowedNetworks::Public
    }
}

/// Checks scheme, host and port of a URL that an operator gives.
///
/// # Errors
/// The error says what is wrong without repeating the URL.
pub(crate) fn check_origin(url: &Url, private_network: bool) -> Result<(), EgressError> {
    let is_plain_http = match url.scheme() {
        "https" => false,
        "http" if private_network => true,
        "http" => {
            return Err(EgressError::PlainHttp);
        }
        _ => return Err(unusable("it must begin with https://")),
    };
    if url.port() == Some(0) {
        return Err(unusable("it names port 0"));
    }

    let address: IpAddr = match url.host() {
        None => return Err(unusable("it names no host")),
        Some(Host::Domain(name)) if name.ends_with('.') => {
            return Err(unusable("its host name ends with a dot"));
        }
        // Reported early, because it is a common try. Other names are checked when connecting.
        Some(Host::Domain(name)) if is_localhost(name) && !private_network => {
            return Err(EgressError::PrivateNetwork(format!(
                "{name} is this machine"
            )));
        }
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
    };

    let allowed = if is_plain_http {
        AllowedNetworks::PrivateOnly
    } else {
        allowed_networks(private_network)
    };
    match (allowed.check(address), classify(address)) {
        (Ok(()), _) => Ok(()),
        (Err(what), AddressClass::Private(_)) => {
            Err(EgressError::PrivateNetwork(format!("it leads to {what}")))
        }
        (Err(what), _) => Err(EgressError::Address(what)),
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn unusable(why: &str) -> EgressError {
    EgressError::BaseUrl(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_url_is_normalized() {
        for (given, normalized) in [
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
            assert_eq!(check_base_url(given, false).unwrap().as_str(), normalized);
        }
    }

    #[test]
    fn malformed_base_url_is_refused() {
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
        ] {
            assert!(
                matches!(check_base_url(given, false), Err(EgressError::BaseUrl(_))),
                "{given:?}"
            );
        }

        assert_eq!(
            check_base_url("http://acme.example.com/", false),
            Err(EgressError::PlainHttp)
        );
    }

    #[test]
    fn error_does_not_repeat_a_password() {
        let error = check_base_url("https://ann:hunter2@acme.example.com", false).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn private_addresses_need_permission() {
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
    fn forbidden_addresses_are_refused_even_with_permission() {
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
