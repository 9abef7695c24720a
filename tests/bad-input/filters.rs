//! Filters that name nothing: an empty list would look as if no seat was wasted.

use purser_tests::{Purser, TestEnv};

const OPERATOR: &str = "input or configuration";

#[test]
fn unknown_application_or_product_is_refused_with_the_known_ones() {
    let env = TestEnv::synced(30);
    env.purser.ok("profile publish boards --no-run");

    for verb in ["position", "candidates"] {
        let unknown = env.purser.run(&format!("{verb} --application bords"));
        unknown.assert_refused(3, OPERATOR, "there is no application bords");
        unknown.assert_refused(3, OPERATOR, "use one of the applications: boards");

        let unknown = env.purser.run(&format!("{verb} --product seat"));
        unknown.assert_refused(3, OPERATOR, "there is no product seat");
        unknown.assert_refused(3, OPERATOR, "boards-standard");

        env.purser.ok(&format!(
            "{verb} --application boards --product boards-standard"
        ));
    }
}

#[test]
fn application_that_was_not_read_is_named_as_such() {
    let env = TestEnv::ready(30);

    env.purser
        .run("candidates --application boards")
        .assert_refused(3, OPERATOR, "application boards has no position");
}

#[test]
fn ignored_columns_of_an_import_are_printed() {
    let purser = Purser::new();
    let people = purser.file(
        "people.csv",
        "Employee ID,Name,Leaving Day\n1,Ada,2026-01-31\n",
    );
    let entitlements = purser.file(
        "entitlements.csv",
        "reference,application,product,quantity,colour\nPO-1,hub,seat,3,blue\n",
    );

    let text = purser.ok(&format!("people import {people}"));
    assert!(text.contains("Ignored columns: Leaving Day"), "{text}");

    let text = purser.ok(&format!("entitlement import {entitlements}"));
    assert!(text.contains("Ignored columns: colour"), "{text}");
}
