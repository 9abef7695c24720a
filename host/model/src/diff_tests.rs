//! Differences in each part of a description.

use super::*;
use crate::{Limits, Method, ReclaimMode, RequestedAccess, SettingValue, StreamKind};

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

/// Returns the changes after an edit of the description: kind, name, older and newer text.
fn changed(
    edit: impl FnOnce(&mut Description),
) -> Vec<(ChangeKind, String, Option<String>, Option<String>)> {
    let mut newer = description();
    edit(&mut newer);
    let changes = newer.changes_since(&description());

    changes
        .into_iter()
        .map(
            |FieldChange {
                 kind,
                 name,
                 before,
                 after,
             }| (kind, name, before, after),
        )
        .collect()
}

fn one(
    part: ChangeKind,
    name: &str,
    was: Option<&str>,
    is: Option<&str>,
) -> Vec<(ChangeKind, String, Option<String>, Option<String>)> {
    vec![(part, name.into(), was.map(Into::into), is.map(Into::into))]
}

#[test]
fn changes_since_same_requests_in_other_lines_is_empty() {
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
fn changes_since_compares_requests_by_action_host_path_and_method() {
    let place = "read:users /users";
    let more = changed(|new| new.requests[0].methods.push(Method::Delete));

    assert_eq!(
        more,
        one(ChangeKind::Request, place, Some("GET"), Some("DELETE,GET"))
    );
    assert_eq!(
        changed(|new| new.requests.clear()),
        one(ChangeKind::Request, place, Some("GET"), None)
    );

    let host = changed(|new| {
        new.requests
            .push(wanted("read:users GET evil.example/users"))
    });

    assert_eq!(
        host,
        one(
            ChangeKind::Request,
            "read:users evil.example/users",
            None,
            Some("GET")
        )
    );

    let path = changed(|new| new.requests[0].path = "/**".parse().unwrap());

    assert_eq!(path.len(), 2, "{path:?}");
}

#[test]
fn changes_since_compares_every_other_field() {
    let rate = changed(|new| {
        new.rate = Some(RateHint {
            requests: 5,
            per: 1000,
        })
    });

    assert_eq!(
        rate,
        one(ChangeKind::Rate, "", None, Some("5 requests in 1000 ms"))
    );

    let template = changed(|new| new.templates.push("basic".into()));

    assert_eq!(
        template,
        one(ChangeKind::Template, "basic", None, Some("works with it"))
    );

    let setting = changed(|new| {
        new.settings[0].required = true;
        new.settings[0].default = Some(SettingValue::Text("eu".into()));
    });

    assert_eq!(
        setting,
        one(
            ChangeKind::Setting,
            "site",
            Some("text: Which."),
            Some("text, required, else eu: Which.")
        )
    );

    let stream = changed(|new| new.streams[0].reports_activity = true);

    assert_eq!(
        stream,
        one(
            ChangeKind::Stream,
            "users",
            Some("accounts: Users"),
            Some("accounts, reports activity: Users")
        )
    );

    let stream = changed(|new| new.streams[0].per_account = true);

    assert_eq!(
        stream,
        one(
            ChangeKind::Stream,
            "users",
            Some("accounts: Users"),
            Some("accounts, account by account: Users")
        )
    );

    let reclaim = changed(|new| new.reclaims[0].reversible = false);
    let (was, is) = ("can be undone: Suspends.", "cannot be undone: Suspends.");

    assert_eq!(
        reclaim,
        one(ChangeKind::Reclaim, "suspend", Some(was), Some(is))
    );
    assert_eq!(
        changed(|new| new.application = "Bub".into()),
        one(ChangeKind::Application, "", Some("Hub"), Some("Bub"))
    );
    assert_eq!(
        changed(|new| new.publisher = "Bcme".into()),
        one(ChangeKind::Publisher, "", Some("Acme"), Some("Bcme"))
    );
    assert_eq!(
        changed(|new| new.summary = "Writes.".into()),
        one(ChangeKind::Summary, "", Some("Reads."), Some("Writes."))
    );
}

#[test]
fn grant_changes_since_compares_by_method() {
    let grant = |lines: &[&str], pages| Grant {
        rules: lines.iter().map(|line| line.parse().unwrap()).collect(),
        limits: Limits {
            pages,
            ..Limits::default()
        },
    };

    let old = grant(&["check GET /me", "read:users GET,POST /users/**"], 5);
    let new = grant(&["read:users GET,DELETE /users/*"], 6);
    let difference = new.changes_since(&old);

    assert_eq!(
        difference.added,
        ["read:users DELETE /users/*".parse().unwrap()]
    );

    let removed = [
        "check GET /me",
        "read:users GET /users/**",
        "read:users POST /users/**",
    ];

    assert_eq!(
        difference.removed,
        removed.map(|line| line.parse().unwrap())
    );
    assert_eq!(difference.limits, [("pages".to_owned(), 5, 6)]);
    assert!(!difference.is_empty() && new.changes_since(&new).is_empty());
}
