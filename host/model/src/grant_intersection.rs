//! Intersection of two grants.
//!
//! A new version of a connector inherits nothing. An operator may keep the access of the version
//! before, which goes this far: the result allows only what the old grant allowed and the new
//! version requested.

use crate::{Grant, GrantRule, Method, PathPattern, RequestedAccess};

impl PathPattern {
    /// Returns the pattern of exactly the paths that both cover; `None` if there is no such path.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let one = self.to_string();
        let two = other.to_string();
        let mut mine = one.split('/');
        let mut theirs = two.split('/');
        let mut both = Vec::new();

        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => break,
                // `**` also matches nothing, so both cover the rest of the other pattern.
                (Some("**"), rest) => {
                    both.extend(rest.into_iter().chain(theirs));
                    break;
                }
                (rest, Some("**")) => {
                    both.extend(rest.into_iter().chain(mine));
                    break;
                }
                (Some("*"), Some(segment)) | (Some(segment), Some("*")) if !segment.is_empty() => {
                    both.push(segment)
                }
                (Some(one), Some(two)) if one == two => both.push(one),
                _ => return None,
            }
        }

        // Fails if the result is too long for a pattern, and then nothing is allowed.
        both.join("/").parse().ok()
    }
}

impl GrantRule {
    /// Returns the rule of exactly the requests that both allow; `None` if there is no such
    /// request.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        if self.action != other.action || self.host != other.host {
            return None;
        }

        let path = self.path.intersect(&other.path)?;
        let mut methods: Vec<Method> = self
            .methods
            .iter()
            .filter(|method| other.methods.contains(method))
            .copied()
            .collect();

        methods.sort();
        methods.dedup();

        if methods.is_empty() {
            return None;
        }

        Some(Self {
            action: self.action.clone(),
            methods,
            host: self.host.clone(),
            path,
        })
    }
}

impl Grant {
    /// Returns the part of this grant that was requested, under the limits of this grant.
    #[must_use]
    pub fn restricted_to(&self, requested: &[RequestedAccess]) -> Self {
        let mut rules: Vec<GrantRule> = Vec::new();
        for request in requested.iter().map(GrantRule::from) {
            for rule in self
                .rules
                .iter()
                .filter_map(|rule| rule.intersect(&request))
            {
                if !rules.iter().any(|kept| kept.covers(&rule)) {
                    rules.push(rule);
                }
            }
        }

        Self {
            rules,
            limits: self.limits.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Host, Limits};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    const METHODS: [Method; 3] = [Method::Get, Method::Post, Method::Delete];
    const ACTIONS: [&str; 3] = ["check", "read:users", "reclaim:delete"];
    const HOSTS: [Option<&str>; 3] = [None, Some("api.example"), Some("api.example:8443")];

    fn host(text: Option<&str>) -> Option<Host> {
        text.map(|text| text.parse().unwrap())
    }

    fn patterns() -> impl Strategy<Value = String> {
        let segments = vec(select(vec!["*", "a", "b", "", "**x"]), 0..4);

        (segments, any::<bool>()).prop_map(|(segments, rest)| {
            let mut path: String = segments
                .iter()
                .map(|segment| format!("/{}", segment.trim_matches('x')))
                .collect();
            path = path.replace("/**", "/c");
            if rest || path.is_empty() {
                path += "/**";
            }
            path
        })
    }

    fn paths() -> impl Strategy<Value = String> {
        let segments = vec(select(vec!["a", "b", "c", "", "*"]), 1..5);

        segments.prop_map(|segments| {
            segments
                .iter()
                .map(|segment| format!("/{segment}"))
                .collect()
        })
    }

    fn rules() -> impl Strategy<Value = Vec<GrantRule>> {
        let rule = (
            select(&ACTIONS[..]),
            subsequence(&METHODS[..], 1..=3),
            select(&HOSTS[..]),
            patterns(),
        );

        let rule = rule.prop_map(|(action, methods, name, path)| GrantRule {
            action: action.parse().unwrap(),
            methods,
            host: host(name),
            path: path.parse().unwrap(),
        });

        vec(rule, 0..6)
    }

    fn wanted(rules: &[GrantRule]) -> Vec<RequestedAccess> {
        let wanted = |GrantRule {
                          action,
                          methods,
                          host,
                          path,
                      }: GrantRule| RequestedAccess {
            action,
            methods,
            host,
            path,
            reason: String::new(),
        };

        rules.iter().cloned().map(wanted).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

        /// Never wider than either, and nothing is lost that both allow.
        #[test]
        fn restricted_to_allows_exactly_what_both_allow(old in rules(), new in rules(), path in paths()) {
            let limits = Limits { pages: 7, ..Limits::default() };
            let asked = Grant { rules: new.clone(), limits: Limits::default() };
            let old = Grant { rules: old, limits };
            let both = old.restricted_to(&wanted(&new));

            for action in ACTIONS.map(|text| text.parse::<Action>().unwrap()) {
                for method in METHODS {
                    for host in HOSTS.map(host) {
                        let allows = |grant: &Grant| grant.allows(&action, method, host.as_ref(), &path);
                        prop_assert_eq!(
                            allows(&both), allows(&old) && allows(&asked),
                            "{} {} {:?}{}\nold {:?}\nnew {:?}\nboth {:?}", action, method, host, path, old.rules, new, both.rules
                        );
                    }
                }
            }

            prop_assert_eq!(both.limits, old.limits);
        }
    }

    fn intersect(one: &str, two: &str) -> Option<String> {
        let (one, two): (PathPattern, PathPattern) = (one.parse().unwrap(), two.parse().unwrap());
        assert_eq!(one.intersect(&two), two.intersect(&one));
        one.intersect(&two).map(|both| both.to_string())
    }

    #[test]
    fn intersect_patterns_segment_by_segment() {
        let cases = [
            ("/**", "/users", Some("/users")),
            ("/users/**", "/users", Some("/users")),
            ("/users/**", "/users/*/seats/**", Some("/users/*/seats/**")),
            ("/*/me", "/users/*", Some("/users/me")),
            ("/users", "/groups", None),
            ("/users/*", "/users", None),
            ("/users/*", "/users/", None),
        ];

        for (one, two, both) in cases {
            assert_eq!(intersect(one, two).as_deref(), both, "{one} and {two}");
        }
    }

    #[test]
    fn intersect_too_long_pattern_is_none() {
        let long = "a".repeat(1000);
        assert_eq!(
            intersect(&format!("/{long}/*"), &format!("/*/{long}")),
            None
        );
    }
}
