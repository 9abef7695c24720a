//! The JupyterHub connector against a real hub with its proxy.

use crate::reclaiming::Reclaimer;
use purser_model::ReclaimMode;
use purser_sandbox::{CallError, ReclaimOutcome};
use purser_tests::{Purser, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn connect(server: &Server, token: &str) -> Purser {
    let purser = Purser::new();
    purser.upload_and_grant("jupyterhub");
    purser.ok("alias create hubs --connector jupyterhub");

    let words = format!(
        "main --alias hubs --base-url {} --template bearer --private-network",
        server.base_url
    );

    let output = purser.connect(&words, token);
    assert_eq!(output.code, 0, "{output:#?}");

    purser.ok("profile create hub --connector jupyterhub --alias hubs");
    purser.ok("profile publish hub");

    purser
}

fn accounts(purser: &Purser) -> BTreeMap<String, Value> {
    let accounts = purser.json("accounts hub");
    accounts
        .as_array()
        .unwrap()
        .iter()
        .map(|account| (account["id"].as_str().unwrap().to_owned(), account.clone()))
        .collect()
}

/// Parses an instant as whole milliseconds, the precision that Purser stores.
fn millis(text: &Value) -> Option<i64> {
    text.as_str()
        .map(|text| text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn every_user_is_read_as_the_hub_has_them() {
    let server = Server::start("jupyterhub");
    let purser = connect(&server, server.token("reclaim"));

    let accounts = accounts(&purser);
    assert_eq!(accounts.len(), server.seed.len());

    for row in &server.seed {
        let name = row["name"].as_str().unwrap();
        let account = &accounts[name];

        let activity = &account["last_activity"];
        match millis(&row["last_activity"]) {
            Some(at) => assert_eq!(
                (&activity["state"], millis(&activity["at"])),
                (&json!("at"), Some(at)),
                "{row}"
            ),
            None => assert_eq!(activity["state"], "never", "{row}"),
        }

        assert_eq!(
            millis(&account["created_at"]),
            millis(&row["created"]),
            "{row}"
        );

        let emails: Vec<_> = account["emails"]
            .as_array()
            .unwrap()
            .iter()
            .map(|email| email["address"].as_str().unwrap())
            .collect();
        assert_eq!(
            emails.contains(&name),
            name.contains('@'),
            "{row}: {emails:?}"
        );
    }
}

#[test]
fn token_without_access_to_activity_reports_unknown_and_not_never() {
    let server = Server::start("jupyterhub");
    let purser = connect(&server, server.token("names_only"));

    let accounts = accounts(&purser);
    assert_eq!(accounts.len(), server.seed.len());
    assert!(
        accounts
            .values()
            .all(|account| account["last_activity"] == json!({ "state": "unknown" }))
    );
}

#[test]
fn users_with_awkward_names_are_deleted_and_administrators_are_refused() {
    let server = Server::start("jupyterhub");
    let reclaimer = Reclaimer::new("jupyterhub", &server.base_url, server.token("reclaim"));
    let names = server
        .seed
        .iter()
        .filter(|row| row["admin"] == false)
        .map(|row| row["name"].as_str().unwrap());
    let awkward = |name: &&str| {
        !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".@-_".contains(c))
    };

    let reserved: Vec<_> = names.clone().filter(awkward).take(6).collect();
    assert!(
        reserved.len() >= 3,
        "the seed has names with reserved characters: {reserved:?}"
    );

    for name in &reserved {
        assert_eq!(
            reclaimer.reclaim(ReclaimMode::Delete, name),
            Ok(ReclaimOutcome::Done),
            "{name}"
        );
        assert_eq!(
            reclaimer.reclaim(ReclaimMode::Delete, name),
            Ok(ReclaimOutcome::AlreadyGone),
            "{name}"
        );
    }

    assert!(matches!(
        reclaimer.reclaim(ReclaimMode::Delete, "hubadmin"),
        Ok(ReclaimOutcome::Refused(_))
    ));

    let reader = Reclaimer::new("jupyterhub", &server.base_url, server.token("read_only"));
    let kept = names.clone().find(|name| !reserved.contains(name)).unwrap();

    let output = reader.reclaim(ReclaimMode::Delete, kept);
    assert!(
        matches!(output, Err(CallError::Failed { .. })),
        "{output:?}"
    );

    let left = accounts(&connect(&server, server.token("reclaim")));
    assert_eq!(left.len(), server.seed.len() - reserved.len());
    assert!(left.contains_key("hubadmin") && left.contains_key(kept));
    assert!(reserved.iter().all(|name| !left.contains_key(*name)));
}
