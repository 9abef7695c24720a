//! The tour of the README, step by step, against the sample application: from a fresh home to the company's position, with every figure
//! held against the answer key.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod cassette;
mod code;
mod exports;
mod kills;
mod parts;
mod resume;
mod secrets;
mod several;
mod waiting;

use purser_sample_app::SampleOptions;
use purser_tests::{CONNECTOR, Stage, connector};
use serde_json::Value;

#[test]
fn from_an_empty_home_to_a_compliance_position() {
    let stage = Stage::empty(900, SampleOptions::realistic());
    let purser = &stage.purser;
    let truth = stage.company.expected();

    // Take the connector in. It can do nothing yet.
    let uploaded = purser.json(&format!(
        "connector upload {}",
        connector("sample").display()
    ));
    assert_eq!(uploaded["connector"]["grant"], Value::Null);
    let refused = purser.run(&format!("connector grant {CONNECTOR}"));
    refused.assert_refused(3, "input or configuration", "--all");

    // Grant what it asks for, and connect. The connection is tried before it is kept.
    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    purser.ok(&format!("alias create acme --connector {CONNECTOR}"));
    stage.connect("acme-main", "not the token").assert_refused(
        3,
        "input or configuration",
        "refused the credential",
    );
    assert_eq!(purser.json("connection list"), Value::Array(vec![]));
    assert_eq!(stage.connect("acme-main", stage.app.token()).code, 0);
    assert_eq!(purser.json("connection list")[0]["state"], "active");

    // Publishing reads the application for the first time, past its rate limit and a page that fails at first.
    purser.ok(&format!(
        "profile create boards --connector {CONNECTOR} --alias acme"
    ));
    purser.ok("profile publish boards");
    let run = stage.last_run();
    assert_eq!(run["run"]["state"], "complete");
    let retries: u64 = run["run"]["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["counts"]["retries"].as_u64().unwrap())
        .sum();
    assert!(
        retries > 0,
        "the page that fails at first was asked for again: {run:#}"
    );
    assert_eq!(
        stage.accounts().as_array().unwrap().len() as u64,
        truth.accounts
    );

    // Tell Purser who works here and what was bought.
    let people = purser.file("people.csv", stage.company.people_csv());
    let entitlements = purser.file("entitlements.csv", stage.company.entitlements_csv("boards"));
    assert_eq!(
        purser.json(&format!("people import {people}"))["added"],
        truth.people
    );
    purser.ok(&format!("entitlement import {entitlements}"));

    // The position says what is true.
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

    // Every wasted seat is proposed, with its reason; a seat whose use is not known is not.
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
