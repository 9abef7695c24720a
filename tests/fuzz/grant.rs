//! A grant's file. What is accepted reads back as itself however it is kept or shown, and allows what its lines say and nothing beside.

use crate::harness::{Target, Verdict};
use purser_model::{Grant, GrantRule, Method, PathPattern};

#[test]
fn a_grant_allows_what_its_lines_say() {
    Target {
        name: "grant",
        rounds: 40_000,
        words: WORDS,
        read: |file| file,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "[[rules]]\n", "action = \"read:users\"\n", "action = \"check\"\n", "action = \"reclaim:delete\"\n",
    "methods = [\"GET\"]\n", "methods = [\"GET\", \"DELETE\"]\n", "methods = []\n", "host = \"files.example:8443\"\n",
    "path = \"/users/*\"\n", "path = \"/**\"\n", "path = \"/*/x/**\"\n", "[limits]\n", "memory-bytes = 1\n",
    "pages = 5\n", "cpu-ms = 18446744073709551615\n", "\\u0000", "\\t", "\\n", "\\u202E", "[::1]", "127.1", "0x7f.1",
    "user@", ":0", ":443", ":65536", "xn--a", "..", "%2e%2e", "*", "**", "GET", "TRACE", "get",
];

const METHODS: [Method; 6] = [
    Method::Get,
    Method::Head,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
];

fn check(input: &[u8]) -> Verdict {
    // As the command reads it.
    let Ok(text) = std::str::from_utf8(input) else {
        return Verdict::Refused("no UTF-8".into());
    };
    let grant: Grant = match toml::from_str(text) {
        Ok(grant) => grant,
        Err(error) => return Verdict::Refused(error.message().to_owned()),
    };
    // As files, as they are stored, and as they are shown.
    assert_eq!(
        toml::from_str::<Grant>(&toml::to_string(&grant).unwrap()).unwrap(),
        grant
    );
    assert_eq!(
        serde_json::from_str::<Grant>(&serde_json::to_string(&grant).unwrap()).unwrap(),
        grant
    );
    grant.rules.iter().for_each(shown);
    for rule in &grant.rules {
        let path = some_path(&rule.path);
        let allows = |method, path: &str| {
            let allowed = grant.allows(&rule.action, method, rule.host.as_ref(), path);
            assert_eq!(
                allowed,
                said(&grant, rule, method, path),
                "{method} {path}, by {rule} and others"
            );
            allowed
        };
        for method in METHODS {
            assert!(
                allows(method, &path) || !rule.methods.contains(&method),
                "{rule} does not allow {method} {path}"
            );
            for path in near(&path) {
                allows(method, &path);
            }
        }
        let other = "elsewhere.invalid".parse().unwrap();
        let granted = grant
            .rules
            .iter()
            .any(|rule| rule.host.as_ref() == Some(&other));
        assert!(granted || !grant.allows(&rule.action, Method::Get, Some(&other), &path));
    }
    covering(&grant.rules);
    let hosts = grant
        .rules
        .iter()
        .filter(|rule| rule.host.is_some())
        .count();
    Verdict::Accepted(format!(
        "{} rules, {hosts} hosts, {}",
        grant.rules.len().min(4),
        grant.limits == purser_model::Limits::default()
    ))
}

/// A rule is shown on one line, which an operator can give to `--allow` to get the same rule.
fn shown(rule: &GrantRule) {
    let line = rule.to_string();
    assert!(!line.chars().any(steers), "{line:?}");
    assert_eq!(line.parse::<GrantRule>().as_ref(), Ok(rule), "{line:?}");
    if let Some(host) = &rule.host {
        let url = url::Url::parse(&format!("https://{host}/")).unwrap();
        assert!(
            matches!(url.host(), Some(url::Host::Domain(name)) if name == host.name() && name.is_ascii()),
            "{host}"
        );
        assert_eq!(url.port_or_known_default(), Some(host.port()));
        assert_ne!(host.port(), 0, "{host}");
    }
}

/// What ends a line, moves a cursor, or makes a line read as what it does not say.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A path that the pattern is for.
fn some_path(pattern: &PathPattern) -> String {
    let text = pattern.to_string();
    let segments = text.split('/').map(|segment| match segment {
        "*" => "one",
        "**" => "any/number",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Paths that a reader in a hurry takes for that one: longer, shorter, with a segment of nothing.
fn near(path: &str) -> Vec<String> {
    let segments: Vec<_> = path.split('/').collect();
    let without = (1..segments.len().min(6)).flat_map(|place| {
        let (mut emptied, mut shorter) = (segments.clone(), segments.clone());
        emptied[place] = "";
        shorter.remove(place);
        [emptied.join("/"), shorter.join("/")]
    });
    without
        .chain([
            format!("{path}/more"),
            format!("{path}/"),
            format!("{path}x"),
            format!("/x{path}"),
        ])
        .collect()
}

/// Whether a line of the grant says so, of the action and host of this one, read as the documentation explains lines.
fn said(grant: &Grant, of: &GrantRule, method: Method, path: &str) -> bool {
    let host = |rule: &GrantRule| rule.host.as_ref().map(ToString::to_string);
    grant.rules.iter().any(|rule| {
        rule.action == of.action
            && rule.methods.contains(&method)
            && host(rule) == host(of)
            && matches(&rule.path.to_string(), path)
    })
}

fn matches(pattern: &str, path: &str) -> bool {
    match (pattern.split_once('/'), path.split_once('/')) {
        _ if pattern == "**" => true,
        (Some((wanted, pattern)), Some((given, path))) => {
            segment(wanted, given) && matches(pattern, path)
        }
        // `/users/**` is for `/users` too.
        (Some((wanted, "**")), None) => segment(wanted, path),
        (None, None) => segment(pattern, path),
        _ => false,
    }
}

fn segment(wanted: &str, given: &str) -> bool {
    wanted == given || wanted == "*" && !given.is_empty()
}

/// What covers something allows whatever it allows: that is how a new version is held against an old grant.
fn covering(rules: &[GrantRule]) {
    for one in rules.iter().take(8) {
        assert!(one.covers(one), "{one}");
        for other in rules.iter().take(8).filter(|other| one.covers(other)) {
            let path = some_path(&other.path);
            assert!(
                one.path.matches(&path),
                "{one} covers {other}, and not {path}"
            );
            assert!(
                other
                    .methods
                    .iter()
                    .all(|method| one.methods.contains(method)),
                "{one} {other}"
            );
        }
    }
}
