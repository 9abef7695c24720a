//! The tour of the README, step by step, against the sample application: from an empty home to the
//! compliance position. Every figure is compared with the answer key.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod cancelling;
mod cassette;
mod code_cache;
mod exports;
mod kills;
mod multiple_profiles;
mod partitions;
mod per_account;
mod rate_limits;
mod resume;
mod secrets;

use purser_sample_app::SampleOptions;
use purser_tests::{CONNECTOR, TestEnv, connector};
use serde_json::Value;

#[test]
fn readme_tour_from_an_empty_home_yields_the_true_position() {
    let env = TestEnv::empty(900, SampleOptions::realistic());
    let purser = &env.purser;
    let truth = env.company.expected();

    // Upload the connector. Without a grant it cannot run.
    let uploaded = purser.json(&format!(
        "connector upload {}",
        connector("sample").display()
    ));
    assert_eq!(uploaded["connector"]["grant"], Value::Null);

    let refused = purser.run(&format!("connector grant {CONNECTOR}"));
    refused.assert_refused(3, "input or configuration", "--all");

    // Grant its requests, and connect. A connection is checked before it is stored.
    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    purser.ok(&format!("alias create acme --connector {CONNECTOR}"));
    env.connect("acme-main", "not the token").assert_refused(
        3,
        "input or configuration",
        "refused the credential",
    );
    assert_eq!(purser.json("connection list"), Value::Array(vec![]));
    assert_eq!(env.connect("acme-main", env.app.token()).code, 0);
    assert_eq!(purser.json("connection list")[0]["state"], "active");

    // Publishing runs the first sync, through a rate limit and a page that fails at first.
    purser.ok(&format!(
        "profile create boards --connector {CONNECTOR} --alias acme"
    ));
    purser.ok("profile publish boards");

    let run = env.last_run();
    assert_eq!(run["run"]["state"], "complete");

    let retries: u64 = run["run"]["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["counts"]["retries"].as_u64().unwrap())
        .sum();
    assert!(
        retries > 0,
        "the page that fails at first was requested again: {run:#}"
    );
    assert_eq!(
        env.accounts().as_array().unwrap().len() as u64,
        truth.accounts
    );

    // Import the company's people and entitlements.
    let people = purser.file("people.csv", env.company.people_csv());
    let entitlements = purser.file("entitlements.csv", env.company.entitlements_csv("boards"));
    assert_eq!(
        purser.json(&format!("people import {people}"))["added"],
        truth.people
    );

    purser.ok(&format!("entitlement import {entitlements}"));

    // The position equals the answer key.
    let positions = purser.json("position");
    for plan in &truth.plans {
        let of_plan = |position: &&Value| position["product"] == plan.plan;
        let position = positions["positions"]
            .as_array()
            .unwrap()
            .iter()
            .find(of_plan)
            .unwrap();
        let figures = [
            ("owned", plan.owned),
            ("allocated", plan.seats),
            ("in_use", plan.in_use),
            ("inactive", plan.inactive),
            ("never_used", plan.never_used),
            ("unknown", plan.unknown),
            ("in_grace", plan.in_grace),
            ("reclaimable", plan.reclaimable),
        ];
        for (figure, truth) in figures {
            assert_eq!(
                position[figure], truth,
                "{figure} of {}: {position:#}",
                plan.plan
            );
        }

        let savings = &position["potential_savings"];
        let cents = savings["amount"].as_str().unwrap().replace('.', "");
        assert_eq!(
            cents,
            plan.cents_per_year(plan.reclaimable).to_string(),
            "{position:#}"
        );
        assert_eq!(savings["currency"], plan.price.currency);
    }

    // Candidates cover every wasted seat and state their reason; seats of unknown use are not among
    // them.
    let candidates = purser.json("candidates");
    let candidates = candidates.as_array().unwrap();
    assert!(candidates.len() as u64 >= truth.plans.iter().map(|plan| plan.reclaimable).sum());

    for candidate in candidates {
        assert!(
            !candidate["findings"].as_array().unwrap().is_empty(),
            "{candidate:#}"
        );
    }
}
