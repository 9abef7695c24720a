//! URLs of operators, connectors and applications: a request is sent only to places that the grant
//! allows, whichever parser reads the URL.
//!
//! An input has one line each for the base URL, a rule of the grant, and a connector's target.
//! Every further line is the location of a redirect.

use super::harness::{Target, Verdict};
use crate::check_base_url;
use crate::policy::address::{AddressClass, classify};
use crate::policy::scope::RequestScope;
use crate::policy::target;
use percent_encoding::percent_decode_str;
use purser_model::{Grant, GrantRule, HttpError, Limits};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use url::{Host, Position, Url};

#[test]
fn requests_are_sent_only_where_the_grant_allows() {
    Target {
        name: "policy",
        rounds: 40_000,
        words: WORDS,
        read: |file| file,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "https://", "http://", "HTTPS://", "//", "hub.example", "files.example", "/api", "/users", "/users/*", "/**",
    "/../", "/./", "/%2e%2e/", "%252e", "%2f", "%5c", "%00", ";x=1", "..;", "?a=b", "#top", "@", "ann:pw@", ":443",
    ":0", ":80", ":8443", ".", "127.0.0.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:10.0.0.1]", "[fe80::1%25eth0]",
    "169.254.169.254", "localhost", "xn--", "\u{ff0e}", "\u{3002}", "\u{ad}", "read:users GET /users/*\n",
    "read:users GET files.example:8443/**\n", "\n", "|", "^", "`", "{", "}", "'", "\"", "<", "+", "%20",
];

fn check(input: &[u8]) -> Verdict {
    check_addresses(input);
    let Ok(text) = std::str::from_utf8(input) else {
        return Verdict::Refused("not UTF-8".into());
    };
    let mut lines = text.split('\n');
    let [base, rule, target] = std::array::from_fn(|_| lines.next().unwrap_or_default());

    // Checked without permission for private networks, and with it.
    if let Ok(base) = check_base_url(base, false) {
        check_base(&base, false);
    }

    let base = match check_base_url(base, true) {
        Ok(base) => base,
        Err(error) => return Verdict::Refused(format!("base: {error}")),
    };
    check_base(&base, true);
    let rule: GrantRule = match rule.parse() {
        Ok(rule) => rule,
        Err(error) => return Verdict::Refused(format!("rule: {error}")),
    };
    let url = match target::resolve(&base, target) {
        Ok(url) => url,
        Err(error) => return Verdict::Refused(error.to_string()),
    };
    check_unambiguous(&url);

    assert_eq!(
        decoded(&url),
        decoded_target(&base, target),
        "{target} became {url}"
    );

    if let Err(error) = check_grant(&base, &url, &rule) {
        return Verdict::Refused(error);
    }

    let mut redirects = 0_usize;

    for location in lines {
        match target::resolve_redirect(&url, location) {
            Ok(to) => {
                check_unambiguous(&to);
                redirects += usize::from(check_grant(&base, &to, &rule).is_ok());
            }
            Err(HttpError::Protocol(_)) => {}
            Err(other) => panic!("a redirect fails with {other}"),
        }
    }
    Verdict::Accepted(format!(
        "{} {}",
        target::same_origin(&base, &url),
        redirects.min(3)
    ))
}

/// An accepted base URL has scheme, host, port and path only, and no forbidden address.
fn check_base(base: &Url, private: bool) {
    check_unambiguous(base);

    assert!(
        base.query().is_none() && (base.path() == "/" || !base.path().ends_with('/')),
        "{base}"
    );
    assert_eq!(
        check_base_url(base.as_str(), private).unwrap(),
        *base,
        "normalizing it again changes nothing"
    );
    assert!(private || base.scheme() == "https", "{base}");

    let address: IpAddr = match base.host().unwrap() {
        Host::Domain(name) => return assert!(private || name != "localhost", "{base}"),
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
    };

    match classify(address) {
        AddressClass::Public => assert_eq!(base.scheme(), "https", "{base}"),
        AddressClass::Private(_) => assert!(private, "{base}"),
        AddressClass::Forbidden(kind) => panic!("{base}: {kind}"),
    }
}

/// A URL that is sent reads the same to every parser: to the `url` crate again, to the HTTP client,
/// and to a parser written by hand.
fn check_unambiguous(url: &Url) {
    let text = url.as_str();

    assert_eq!(Url::parse(text).as_ref(), Ok(url));
    assert!(
        matches!(url.scheme(), "https" | "http") && url.fragment().is_none(),
        "{text}"
    );
    assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\'),
        "{text}"
    );
    assert_ne!(url.port(), Some(0), "{text}");

    // Parsed by hand, as RFC 3986 defines it.
    let (_, rest) = text.split_once("://").unwrap();
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = rest.split('?').next().unwrap();

    assert!(!authority.contains('@') && !authority.is_empty(), "{text}");
    assert_eq!(authority, &url[Position::BeforeHost..Position::AfterPort]);
    assert!(!url.host_str().unwrap().ends_with('.'), "{text}");
    assert_eq!(path, url.path());

    let mut reading = path.to_owned();

    for _ in 0..8 {
        // A server may split the path at slashes of both kinds, and cut segments at semicolons.
        let segments = reading
            .split(['/', '\\'])
            .map(|segment| segment.split(';').next().unwrap());

        assert!(
            { segments }.all(|segment| !matches!(segment, "." | "..")),
            "{text} is read as {reading}"
        );
        assert_eq!(
            reading.split(['/', '\\']).count(),
            path.split('/').count(),
            "{text} is read as {reading}"
        );
        assert!(
            !reading.contains(char::is_control)
                || reading.contains(char::REPLACEMENT_CHARACTER)
                || has_no_ascii_control(&reading),
            "{text}"
        );

        reading = percent_decode_str(&reading)
            .decode_utf8_lossy()
            .into_owned();
    }

    if let Ok(wire) = text.parse::<hyper::Uri>() {
        assert_eq!(wire.host(), url.host_str(), "{text}");
        assert_eq!(wire.port_u16(), url.port(), "{text}");
        assert_eq!(
            (wire.path(), wire.query()),
            (url.path(), url.query()),
            "{text}"
        );
    }
}

/// Control characters beyond ASCII have no meaning in a path.
fn has_no_ascii_control(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_control())
}

/// Returns path and query of a URL, decoded once.
fn decoded(url: &Url) -> String {
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    percent_decode_str(&format!("{}{query}", url.path()))
        .decode_utf8_lossy()
        .into_owned()
}

/// Returns path and query of a target, decoded once. It is a path below the base URL, or a URL.
fn decoded_target(base: &Url, target: &str) -> String {
    let text = match target.split_once("://") {
        _ if target.starts_with('/') => format!("{}{target}", base.path().trim_end_matches('/')),
        Some((_, rest)) => {
            let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
            if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            }
        }
        None => panic!("{target} is neither a path nor a URL"),
    };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Checks the URL against a grant of one rule. A permission is checked by hand; for a denial, the
/// suggested line must allow the URL.
fn check_grant(base: &Url, url: &Url, rule: &GrantRule) -> Result<(), String> {
    let [method, ..] = rule.methods[..] else {
        panic!("a rule of no method")
    };
    let authorize = |rules: Vec<GrantRule>| {
        let scope = RequestScope {
            action: rule.action.clone(),
            grant: Arc::new(Grant {
                rules,
                limits: Limits::default(),
            }),
        };
        target::authorize(base, url, method, &scope)
    };

    match authorize(vec![rule.clone()]) {
        Ok(()) => {
            let below = match &rule.host {
                None => {
                    assert_eq!(
                        (base.scheme(), base.host(), base.port()),
                        (url.scheme(), url.host(), url.port()),
                        "{rule} {url}"
                    );

                    let below = url.path().strip_prefix(base.path().trim_end_matches('/'));
                    below
                        .unwrap_or_else(|| panic!("{url} is not below {base}"))
                        .to_owned()
                }
                Some(host) => {
                    assert_eq!(url.scheme(), "https", "{rule} {url}");
                    assert_eq!(
                        (url.host_str(), url.port_or_known_default()),
                        (Some(host.name()), Some(host.port()))
                    );
                    url.path().to_owned()
                }
            };
            let below = if below.is_empty() { "/" } else { &below };

            assert!(
                below.starts_with('/') && covers(&rule.path.to_string(), below),
                "{rule} allows {url}"
            );

            Ok(())
        }
        Err(HttpError::Denied(line)) => {
            if let Ok(allowing) = line.parse::<GrantRule>() {
                assert_eq!(allowing.to_string(), line, "the line is in normal form");
                assert_eq!(
                    authorize(vec![allowing]),
                    Ok(()),
                    "{line} does not allow {url}"
                );
            }
            // Only the first word, because numbers and hosts follow.
            Err(line.split(' ').next().unwrap_or_default().to_owned())
        }
        Err(other) => panic!("{url}: {other}"),
    }
}

/// True if a pattern covers a path, compared segment by segment.
fn covers(pattern: &str, path: &str) -> bool {
    let wanted: Vec<_> = pattern.split('/').collect();
    let given: Vec<_> = path.split('/').collect();
    let (fixed, open) = match wanted.split_last() {
        Some((&"**", fixed)) => (fixed, true),
        _ => (wanted.as_slice(), false),
    };
    let enough = if open {
        given.len() >= fixed.len()
    } else {
        given.len() == fixed.len()
    };
    enough
        && fixed
            .iter()
            .zip(&given)
            .all(|(wanted, given)| wanted == given || *wanted == "*" && !given.is_empty())
}

/// Reads the first bytes as an address. An IPv4 address has the same class in every IPv6 form, and
/// an address that is special to the standard library is not public.
fn check_addresses(input: &[u8]) {
    let [a, b, c, d, ..] = *input else { return };
    let v4 = Ipv4Addr::new(a, b, c, d);
    let special = v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast();

    assert!(
        !(special || v4.is_unspecified() || v4.is_documentation())
            || classify(v4.into()) != AddressClass::Public,
        "{v4}"
    );

    let tail = v4.octets();

    for head in [
        [0, 0, 0, 0, 0, 0xffff],
        [0, 0, 0, 0, 0xffff, 0],
        [0x64, 0xff9b, 0, 0, 0, 0],
    ] {
        let [low, high] = [[tail[0], tail[1]], [tail[2], tail[3]]].map(u16::from_be_bytes);
        let [h0, h1, h2, h3, h4, h5] = head;
        let v6 = std::net::Ipv6Addr::new(h0, h1, h2, h3, h4, h5, low, high);
        assert_eq!(classify(v6.into()), classify(v4.into()), "{v6}");
    }

    if let Ok(octets) = <[u8; 16]>::try_from(input.get(..16).unwrap_or_default()) {
        let v6 = std::net::Ipv6Addr::from(octets);
        let special = v6.is_loopback()
            || v6.is_unspecified()
            || v6.is_multicast()
            || v6.is_unique_local()
            || v6.is_unicast_link_local();

        assert!(
            !special || classify(v6.into()) != AddressClass::Public,
            "{v6}"
        );
        assert!(
            octets[0] >> 5 == 1
                || classify(v6.into()) != AddressClass::Public
                || octets[..2] == [0, 0]
                || octets[..4] == [0, 0x64, 0xff, 0x9b],
            "{v6}"
        );
    }
}
