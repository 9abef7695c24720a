//! URLs of operators, connectors and applications. Nothing leaves but to where the grant says, as every reader of the URL reads it.
//!
//! An input has a line each for the base URL, a rule of the grant, and a connector's target; every further one is a redirect's.

use super::harness::{Target, Verdict};
use crate::check_base_url;
use crate::policy::address::{Kind, kind};
use crate::policy::target;
use percent_encoding::percent_decode_str;
use purser_model::{Grant, GrantRule, HttpError, Limits};
use std::net::{IpAddr, Ipv4Addr};
use url::{Host, Position, Url};

#[test]
fn nothing_leaves_but_to_where_the_grant_says() {
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
    addresses(input);
    let Ok(text) = std::str::from_utf8(input) else {
        return Verdict::Refused("no UTF-8".into());
    };
    let mut lines = text.split('\n');
    let [base, rule, asked] = std::array::from_fn(|_| lines.next().unwrap_or_default());
    // As strictly as for everybody, and as for a private network.
    if let Ok(base) = check_base_url(base, false) {
        based(&base, false);
    }
    let base = match check_base_url(base, true) {
        Ok(base) => base,
        Err(error) => return Verdict::Refused(format!("base: {error}")),
    };
    based(&base, true);
    let rule: GrantRule = match rule.parse() {
        Ok(rule) => rule,
        Err(error) => return Verdict::Refused(format!("rule: {error}")),
    };
    let url = match target::resolve(&base, asked) {
        Ok(url) => url,
        Err(error) => return Verdict::Refused(error.to_string()),
    };
    read_alike(&url);
    assert_eq!(
        decoded(&url),
        decoded_text(&base, asked),
        "{asked} became {url}"
    );
    if let Err(error) = authorised(&base, &url, &rule) {
        return Verdict::Refused(error);
    }
    let mut redirects = 0_usize;
    for location in lines {
        match target::redirected(&url, location) {
            Ok(to) => {
                read_alike(&to);
                redirects += usize::from(authorised(&base, &to, &rule).is_ok());
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

/// What is accepted as a base URL has nothing in it but scheme, host, port and path, and no host that may not be reached.
fn based(base: &Url, private: bool) {
    read_alike(base);
    assert!(
        base.query().is_none() && (base.path() == "/" || !base.path().ends_with('/')),
        "{base}"
    );
    assert_eq!(
        check_base_url(base.as_str(), private).unwrap(),
        *base,
        "it is kept in one spelling"
    );
    assert!(private || base.scheme() == "https", "{base}");
    let address: IpAddr = match base.host().unwrap() {
        Host::Domain(name) => return assert!(private || name != "localhost", "{base}"),
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
    };
    match kind(address) {
        Kind::Public => assert_eq!(base.scheme(), "https", "{base}"),
        Kind::Private(_) => assert!(private, "{base}"),
        Kind::Never(what) => panic!("{base}: {what}"),
    }
}

/// A URL that is sent is the same to whoever reads it: the `url` crate again, the client's own parser, and a reader of plain text.
fn read_alike(url: &Url) {
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
    // By hand, as RFC 3986 has it.
    let (_, rest) = text.split_once("://").unwrap();
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = rest.split('?').next().unwrap();
    assert!(!authority.contains('@') && !authority.is_empty(), "{text}");
    assert_eq!(authority, &url[Position::BeforeHost..Position::AfterPort]);
    assert!(!url.host_str().unwrap().ends_with('.'), "{text}");
    assert_eq!(path, url.path());
    let mut reading = path.to_owned();
    for _ in 0..8 {
        // A server may part it at slashes of both kinds, and take what follows a semicolon off.
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
                || c1(&reading),
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

/// Beyond ASCII there are control characters that mean nothing in a path.
fn c1(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_control())
}

/// Path and query of a URL, decoded once.
fn decoded(url: &Url) -> String {
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    percent_decode_str(&format!("{}{query}", url.path()))
        .decode_utf8_lossy()
        .into_owned()
}

/// The same of what was asked for, which is written below the base URL or in full.
fn decoded_text(base: &Url, asked: &str) -> String {
    let text = match asked.split_once("://") {
        _ if asked.starts_with('/') => format!("{}{asked}", base.path().trim_end_matches('/')),
        Some((_, rest)) => {
            let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
            if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            }
        }
        None => panic!("{asked} is neither a path nor a URL"),
    };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Whether the rule allows the URL; checked by hand where it does, and where it does not the line that is shown would.
fn authorised(base: &Url, url: &Url, rule: &GrantRule) -> Result<(), String> {
    let [method, ..] = rule.methods[..] else {
        panic!("a rule of no method")
    };
    let ask = |rules: Vec<GrantRule>| {
        let grant = Grant {
            rules,
            limits: Limits::default(),
        };
        target::authorise(base, url, method, &rule.action, &grant)
    };
    match ask(vec![rule.clone()]) {
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
                below.starts_with('/') && within(&rule.path.to_string(), below),
                "{rule} allows {url}"
            );
            Ok(())
        }
        Err(HttpError::Denied(line)) => {
            if let Ok(allowing) = line.parse::<GrantRule>() {
                assert_eq!(allowing.to_string(), line, "it is shown as it is written");
                assert_eq!(ask(vec![allowing]), Ok(()), "{line} does not allow {url}");
            }
            // Numbers and hosts are in it.
            Err(line.split(' ').next().unwrap_or_default().to_owned())
        }
        Err(other) => panic!("{url}: {other}"),
    }
}

/// Whether a path is within a pattern, segment by segment.
fn within(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
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

/// The first bytes as an address: whatever an IPv4 address is, it is so in each IPv6 form, and what the standard library knows to be
/// special is not public.
fn addresses(input: &[u8]) {
    let [a, b, c, d, ..] = *input else { return };
    let v4 = Ipv4Addr::new(a, b, c, d);
    let special = v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast();
    assert!(
        !(special || v4.is_unspecified() || v4.is_documentation())
            || kind(v4.into()) != Kind::Public,
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
        assert_eq!(kind(v6.into()), kind(v4.into()), "{v6}");
    }
    if let Ok(octets) = <[u8; 16]>::try_from(input.get(..16).unwrap_or_default()) {
        let v6 = std::net::Ipv6Addr::from(octets);
        let special = v6.is_loopback()
            || v6.is_unspecified()
            || v6.is_multicast()
            || v6.is_unique_local()
            || v6.is_unicast_link_local();
        assert!(!special || kind(v6.into()) != Kind::Public, "{v6}");
        assert!(
            octets[0] >> 5 == 1
                || kind(v6.into()) != Kind::Public
                || octets[..2] == [0, 0]
                || octets[..4] == [0, 0x64, 0xff, 0x9b],
            "{v6}"
        );
    }
}
