//! Differences, each part of a description at a time.

use super::*;
use crate::{
    DataStream, Limits, Method, ReclaimMode, ReclaimOffer, RequestedAccess, SettingValue,
    StreamKind,
};

fn description() -> Description {
    Description {
        name: "hub".parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        publisher: "Acme".into(),
        application: "Hub".into(),
        summary: "Reads.".into(),
        templates: vec!["bearer".into()],
        settings: vec![SettingField {
            name: "site".parse().unwrap(),
            title: "Site".into(),
            help: "Which.".into(),
            kind: SettingType::Text,
            required: false,
            default: None,
        }],
        streams: vec![DataStream {
            name: "users".parse().unwrap(),
            title: "Users".into(),
            kind: StreamKind::Accounts,
            reports_activity: false,
            incremental: false,
            per_account: false,
        }],
        reclaims: vec![ReclaimOffer {
            mode: ReclaimMode::Suspend,
            summary: "Suspends.".into(),
            reversible: true,
            floor_product: None,
        }],
        requests: vec![wanted("read:users GET /users")],
        rate: None,
        rate_limit_responses: Vec::new(),
    }
}

fn wanted(line: &str) -> RequestedAccess {
    let GrantRule {
        action,
        methods,
        host,
        path,
    } = line.parse().unwrap();
    RequestedAccess {
        action,
        methods,
        host,
        path,
        reason: "To list.".into(),
    }
}

/// What changes when the description is edited so: part, name, old and new.
fn changed(
    edit: impl FnOnce(&mut Description),
) -> Vec<(Part, String, Option<String>, Option<String>)> {
    let mut newer = description();
    edit(&mut newer);
    let changes = newer.changes_since(&description());
    changes
        .into_iter()
        .map(
            |Change {
                 part,
                 name,
                 was,
                 is,
             }| (part, name, was, is),
        )
        .collect()
}

fn one(
    part: Part,
    name: &str,
    was: Option<&str>,
    is: Option<&str>,
) -> Vec<(Part, String, Option<String>, Option<String>)> {
    vec![(part, name.into(), was.map(Into::into), is.map(Into::into))]
}

#[test]
fn the_same_description_has_no_difference_however_its_requests_are_lined_up() {
    assert_eq!(changed(|_| ()), []);
    let split = |description: &mut Description| {
        description.requests = vec![
            wanted("read:users GET /users"),
            wanted("read:users GET /users"),
        ];
    };
    assert_eq!(changed(split), []);
}

#[test]
fn what_is_wanted_is_compared_by_action_host_path_and_method() {
    let place = "read:users /users";
    let more = changed(|new| new.requests[0].methods.push(Method::Delete));
    assert_eq!(
        more,
        one(Part::Request, place, Some("GET"), Some("DELETE,GET"))
    );
    assert_eq!(
        changed(|new| new.requests.clear()),
        one(Part::Request, place, Some("GET"), None)
    );
    let host = changed(|new| {
        new.requests
            .push(wanted("read:users GET evil.example/users"))
    });
    assert_eq!(
        host,
        one(
            Part::Request,
            "read:users evil.example/users",
            None,
            Some("GET")
        )
    );
    let path = changed(|new| new.requests[0].path = "/**".parse().unwrap());
    assert_eq!(path.len(), 2, "{path:?}");
}

#[test]
fn every_other_part_is_compared_too() {
    let rate = changed(|new| {
        new.rate = Some(RateHint {
            requests: 5,
            per: 1000,
        })
    });
    assert_eq!(
        rate,
        one(Part::Rate, "", None, Some("5 requests in 1000 ms"))
    );
    let template = changed(|new| new.templates.push("basic".into()));
    assert_eq!(
        template,
        one(Part::Template, "basic", None, Some("works with it"))
    );
    let setting = changed(|new| {
        new.settings[0].required = true;
        new.settings[0].default = Some(SettingValue::Text("eu".into()));
    });
    assert_eq!(
        setting,
        one(
            Part::Setting,
            "site",
            Some("text: Which."),
            Some("text, required, else eu: Which.")
        )
    );
    let stream = changed(|new| new.streams[0].reports_activity = true);
    assert_eq!(
        stream,
        one(
            Part::Stream,
            "users",
            Some("accounts: Users"),
            Some("accounts, tells activity: Users")
        )
    );
    let stream = changed(|new| new.streams[0].per_account = true);
    assert_eq!(
        stream,
        one(
            Part::Stream,
            "users",
            Some("accounts: Users"),
            Some("accounts, account by account: Users")
        )
    );
    let reclaim = changed(|new| new.reclaims[0].reversible = false);
    let (was, is) = ("can be undone: Suspends.", "cannot be undone: Suspends.");
    assert_eq!(reclaim, one(Part::Reclaim, "suspend", Some(was), Some(is)));
    assert_eq!(
        changed(|new| new.application = "Bub".into()),
        one(Part::Application, "", Some("Hub"), Some("Bub"))
    );
    assert_eq!(
        changed(|new| new.publisher = "Bcme".into()),
        one(Part::Publisher, "", Some("Acme"), Some("Bcme"))
    );
    assert_eq!(
        changed(|new| new.summary = "Writes.".into()),
        one(Part::Summary, "", Some("Reads."), Some("Writes."))
    );
}

#[test]
fn grants_differ_by_the_method() {
    let grant = |lines: &[&str], pages| Grant {
        rules: lines.iter().map(|line| line.parse().unwrap()).collect(),
        limits: Limits {
            pages,
            ..Limits::default()
        },
    };
    let old = grant(&["check GET /me", "read:users GET,POST /users/**"], 5);
    let new = grant(&["read:users GET,DELETE /users/*"], 6);
    let difference = new.difference_to(&old);
    assert_eq!(
        difference.added,
        ["read:users DELETE /users/*".parse().unwrap()]
    );
    let gone = [
        "check GET /me",
        "read:users GET /users/**",
        "read:users POST /users/**",
    ];
    assert_eq!(difference.gone, gone.map(|line| line.parse().unwrap()));
    assert_eq!(difference.limits, [("pages".to_owned(), 5, 6)]);
    assert!(!difference.is_empty() && new.difference_to(&new).is_empty());
}
