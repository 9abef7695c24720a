//! The SCIM 2.0 connector against scim2-server.

use crate::reclaiming::Reclaimer;
use purser_model::ReclaimMode;
use purser_sandbox::ReclaimOutcome;
use purser_tests::{Purser, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn connected(server: &Server) -> Purser {
    let purser = Purser::new();
    purser.upload_and_grant("scim");
    purser.ok("alias create directory --connector scim");

    let words = format!(
        "main --alias directory --base-url {} --template bearer --private-network",
        server.base_url
    );

    let output = purser.connect(&words, server.token("reclaim"));
    assert_eq!(output.code, 0, "{output:#?}");

    purser.ok("profile create scim --connector scim --alias directory --set page-size=30");
    purser
}

/// Returns the fields that Purser must store for a seeded user.
fn expected(row: &Value) -> Value {
    json!({
        "principal_name": row["userName"],
        "display_name": row["displayName"],
        "given_name": row["givenName"],
        "family_name": row["familyName"],
        "employee_number": row["employeeNumber"],
        "emails": row["emails"],
        "status": match row["active"].as_bool() { Some(true) => "active", Some(false) => "suspended", None => "unspecified" },
        "last_activity": { "state": "unknown" },
        "roles": row["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap()).collect::<Vec<_>>().join(", "),
    })
}

fn found(account: &Value) -> Value {
    let attributes = account["attributes"].as_array().unwrap();
    let roles: Vec<_> = attributes
        .iter()
        .filter(|pair| pair[0] == "role")
        .map(|pair| pair[1].as_str().unwrap())
        .collect();
    let mut found = json!({ "roles": roles.join(", ") });
    let fields = [
        "principal_name",
        "display_name",
        "given_name",
        "family_name",
        "employee_number",
        "emails",
        "status",
        "last_activity",
    ];
    for field in fields {
        found[field] = account[field].clone();
    }

    found
}

#[test]
fn every_user_is_read_as_the_server_has_them() {
    let server = Server::start("scim2-server");
    let purser = connected(&server);
    purser.ok("profile publish scim");

    let accounts = purser.json("accounts scim");

    let by_id: BTreeMap<_, _> = accounts
        .as_array()
        .unwrap()
        .iter()
        .map(|account| (account["id"].as_str().unwrap(), account))
        .collect();
    assert_eq!(by_id.len(), server.seed.len());

    for row in &server.seed {
        let account = by_id
            .get(row["id"].as_str().unwrap())
            .unwrap_or_else(|| panic!("{row} was not read"));
        assert_eq!(found(account), expected(row), "{row:#}");
    }
}

#[test]
fn seats_are_reclaimed_by_suspending_and_by_deleting() {
    let server = Server::start("scim2-server");
    let reclaimer = Reclaimer::new("scim", &server.base_url, server.token("reclaim"));
    let active = server
        .seed
        .iter()
        .filter(|row| row["active"] == true)
        .map(|row| row["id"].as_str().unwrap());

    let [suspended, deleted] = active.take(2).collect::<Vec<_>>()[..] else {
        panic!("the seed has active users")
    };
    assert_eq!(
        reclaimer.reclaim(ReclaimMode::Suspend, suspended),
        Ok(ReclaimOutcome::Done)
    );
    assert_eq!(
        reclaimer.reclaim(ReclaimMode::Delete, deleted),
        Ok(ReclaimOutcome::Done)
    );
    assert_eq!(
        reclaimer.reclaim(ReclaimMode::Delete, deleted),
        Ok(ReclaimOutcome::AlreadyGone)
    );
    assert_eq!(
        reclaimer.reclaim(ReclaimMode::Suspend, deleted),
        Ok(ReclaimOutcome::AlreadyGone)
    );

    let purser = connected(&server);
    purser.ok("profile publish scim");
    let accounts = purser.json("accounts scim");

    let accounts = accounts.as_array().unwrap();
    assert_eq!(accounts.len(), server.seed.len() - 1);

    let status = |id: &str| {
        accounts
            .iter()
            .find(|account| account["id"] == id)
            .map(|account| account["status"].clone())
    };
    assert_eq!(status(suspended), Some(json!("suspended")));
    assert_eq!(status(deleted), None);
}
