//! What two grants have in common. A new version of a connector inherits nothing; an operator may say that it shall have what the version
//! before it had, and this is how far that goes: whatever the result allows, the old grant allowed and the new version asked for.

use crate::{Grant, GrantRule, Method, PathPattern, RequestedAccess};

impl PathPattern {
    /// The pattern of exactly the paths that both cover, if there is any such path.
    #[must_use]
    pub fn common(&self, other: &Self) -> Option<Self> {
        let (one, two) = (self.to_string(), other.to_string());
        let (mut mine, mut theirs) = (one.split('/'), two.split('/'));
        let mut both = Vec::new();
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => break,
                // `**` also stands for nothing: what is left of the other is what both cover.
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
        // Too long together: no pattern can say it, and so nothing is allowed.
        both.join("/").parse().ok()
    }
}

impl GrantRule {
    /// The rule of exactly the requests that both allow, if there is any such request.
    #[must_use]
    pub fn common(&self, other: &Self) -> Option<Self> {
        if self.action != other.action || self.host != other.host {
            return None;
        }
        let path = self.path.common(&other.path)?;
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
    /// What this grant allows of what is wanted, under the limits of this grant.
    #[must_use]
    pub fn as_far_as(&self, wanted: &[RequestedAccess]) -> Self {
        let mut rules: Vec<GrantRule> = Vec::new();
        for wanted in wanted.iter().map(GrantRule::from) {
            for rule in self.rules.iter().filter_map(|rule| rule.common(&wanted)) {
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
        fn a_request_is_allowed_exactly_where_both_allow_it(old in rules(), new in rules(), path in paths()) {
            let limits = Limits { pages: 7, ..Limits::default() };
            let asked = Grant { rules: new.clone(), limits: Limits::default() };
            let old = Grant { rules: old, limits };
            let both = old.as_far_as(&wanted(&new));
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

    fn common(one: &str, two: &str) -> Option<String> {
        let (one, two): (PathPattern, PathPattern) = (one.parse().unwrap(), two.parse().unwrap());
        assert_eq!(one.common(&two), two.common(&one));
        one.common(&two).map(|both| both.to_string())
    }

    #[test]
    fn patterns_meet_segment_by_segment() {
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
            assert_eq!(common(one, two).as_deref(), both, "{one} and {two}");
        }
    }

    #[test]
    fn what_no_pattern_can_say_is_not_allowed() {
        let long = "a".repeat(1000);
        assert_eq!(common(&format!("/{long}/*"), &format!("/*/{long}")), None);
    }
}
