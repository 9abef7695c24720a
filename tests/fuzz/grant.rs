//! Grant files. An accepted grant survives storing and printing, and allows exactly what its lines
//! say.

use crate::harness::{Target, Verdict};
use purser_model::{Grant, GrantRule, Method, PathPattern};

#[test]
fn accepted_grant_allows_exactly_what_its_lines_say() {
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
    // The same decoding as in the command.
    let Ok(text) = std::str::from_utf8(input) else {
        return Verdict::Refused("no UTF-8".into());
    };
    let grant: Grant = match toml::from_str(text) {
        Ok(grant) => grant,
        Err(error) => return Verdict::Refused(error.message().to_owned()),
    };

    // Round trips as a file and as JSON, the format of the database and of `--json`.
    assert_eq!(
        toml::from_str::<Grant>(&toml::to_string(&grant).unwrap()).unwrap(),
        grant
    );
    assert_eq!(
        serde_json::from_str::<Grant>(&serde_json::to_string(&grant).unwrap()).unwrap(),
        grant
    );

    grant.rules.iter().for_each(assert_printable);

    for rule in &grant.rules {
        let path = matching_path(&rule.path);
        let allows = |method, path: &str| {
            let allowed = grant.allows(&rule.action, method, rule.host.as_ref(), path);
            assert_eq!(
                allowed,
                allowed_by_lines(&grant, rule, method, path),
                "{method} {path}, by {rule} and others"
            );
            allowed
        };
        for method in METHODS {
            assert!(
                allows(method, &path) || !rule.methods.contains(&method),
                "{rule} does not allow {method} {path}"
            );
            for path in similar_paths(&path) {
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

    assert_covering(&grant.rules);

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

/// Asserts that a rule prints as one line, and that `--allow` parses the line to the same rule.
fn assert_printable(rule: &GrantRule) {
    let line = rule.to_string();
    assert!(!line.chars().any(is_control), "{line:?}");
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

/// Returns true for characters that end a line, control a terminal, or reorder the text of a line.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a path that matches the pattern.
fn matching_path(pattern: &PathPattern) -> String {
    let text = pattern.to_string();
    let segments = text.split('/').map(|segment| match segment {
        "*" => "one",
        "**" => "any/number",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Returns similar paths that may be mistaken for this one: longer, shorter, or with an empty
/// segment.
fn similar_paths(path: &str) -> Vec<String> {
    let segments: Vec<_> = path.split('/').collect();
    let without = (1..segments.len().min(6)).flat_map(|place| {
        let mut emptied = segments.clone();
        let mut shorter = segments.clone();
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

/// Returns true if a line of the grant allows the request, by a second implementation of the
/// documented rules.
fn allowed_by_lines(grant: &Grant, of: &GrantRule, method: Method, path: &str) -> bool {
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
        // `/users/**` matches `/users` too.
        (Some((wanted, "**")), None) => segment(wanted, path),
        (None, None) => segment(pattern, path),
        _ => false,
    }
}

fn segment(wanted: &str, given: &str) -> bool {
    wanted == given || wanted == "*" && !given.is_empty()
}

/// Asserts that a covering rule allows all that the covered rule allows. Comparing a new version
/// with an old grant relies on that.
fn assert_covering(rules: &[GrantRule]) {
    for one in rules.iter().take(8) {
        assert!(one.covers(one), "{one}");

        for other in rules.iter().take(8).filter(|other| one.covers(other)) {
            let path = matching_path(&other.path);
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
