//! An application that misbehaves, and a credential that is not good enough.

use purser_sample_app::{Fault, SampleOptions, Scope};
use purser_tests::{Answer, Stage};

/// Two runs: an honest one, and one with a fault that must fail and change nothing that was stored.
fn run_with(fault: Fault) -> (Stage, Answer) {
    let stage = Stage::synced(450);
    let before = stage.accounts();
    stage.app.inject(fault);
    let answer = stage.purser.run("run boards");
    assert_eq!(stage.accounts(), before, "what was stored is as it was");
    (stage, answer)
}

/// What a run that failed says in its record.
fn outcome(stage: &Stage) -> serde_json::Value {
    let run = stage.last_run();
    assert_eq!(run["run"]["state"], "failed");
    run["run"]["outcome"].clone()
}

#[test]
fn a_token_that_is_revoked_makes_the_connection_need_attention() {
    let (stage, answer) = run_with(Fault::TokenRevokedAfter { requests: 0 });
    answer.assert_refused(3, "input or configuration", "credential");
    assert_eq!(outcome(&stage)["class"], "auth-rejected");
    let connection = &stage.purser.json("connection list")[0];
    assert_eq!(connection["state"], "needs-attention");
    stage.purser.run("run boards").assert_refused(
        3,
        "input or configuration",
        "is paused, because connection acme-main needs attention",
    );

    stage.app.clear_faults();
    stage.purser.ok("connection test acme-main");
    stage.purser.ok("run boards");
}

#[test]
fn a_scope_that_is_missing_is_named() {
    let (stage, answer) = run_with(Fault::ScopeMissing(Scope::MembersRead));
    answer.assert_refused(3, "input or configuration", "members:read");
    assert_eq!(outcome(&stage)["class"], "permission-missing");
}

#[test]
fn malformed_json_is_the_applications_fault() {
    let (stage, answer) = run_with(Fault::MalformedJson { page: 2 });
    answer.assert_refused(5, "SaaS application", "answered what it should not");
    assert_eq!(outcome(&stage)["class"], "contract-violation");
}

#[test]
fn an_id_that_is_twice_in_a_page_is_refused() {
    let (stage, answer) = run_with(Fault::DuplicateInPage { page: 1 });
    answer.assert_refused(4, "connector", "is that of accounts[0]");
    assert_eq!(outcome(&stage)["class"], "bad-answer");
}

#[test]
fn an_id_that_comes_again_in_a_later_page_is_counted() {
    let stage = Stage::synced(450);
    let before = stage.accounts();
    stage.app.inject(Fault::DuplicateOfPreviousPage { page: 1 });
    stage.purser.ok("run boards");
    assert_eq!(stage.accounts(), before);
    let rejected = stage.last_run()["rejected"].as_array().unwrap().clone();
    assert_eq!(rejected.len(), 1, "{rejected:#?}");
}

#[test]
fn a_cursor_that_leads_back_ends_the_run() {
    for fault in [
        Fault::CursorTo {
            page: 2,
            back_to: 2,
        },
        Fault::CursorTo {
            page: 3,
            back_to: 1,
        },
    ] {
        let (stage, answer) = run_with(fault);
        assert_ne!(answer.code, 0);
        assert_eq!(outcome(&stage)["class"], "pagination-stall");
    }
}

#[test]
fn a_server_that_dies_in_the_middle_loses_nothing_and_the_next_run_goes_on() {
    let stage = Stage::ready(450);
    let asked = stage.app.requests();
    stage.app.inject(Fault::CrashesAfter {
        requests: asked + 3,
    });
    stage
        .purser
        .run("run boards")
        .assert_refused(5, "SaaS application", "");
    let kept = stage.accounts().as_array().unwrap().len();
    assert!(kept > 0 && kept < 450, "{kept} accounts were kept");
}

#[test]
fn a_list_that_is_suddenly_short_or_empty_removes_nothing() {
    for members in [0, 100] {
        let (stage, answer) = run_with(Fault::ListsOnly { members });
        answer.assert_refused(5, "SaaS application", "nothing was removed");
        assert_eq!(outcome(&stage)["class"], "shrink-guard");
    }
}

#[test]
fn a_list_that_is_really_short_is_believed_when_told_to() {
    let stage = Stage::synced(450);
    stage.app.inject(Fault::ListsOnly { members: 100 });
    stage.purser.ok("run boards --accept-shrink");
    assert_eq!(stage.accounts().as_array().unwrap().len(), 100);
}

#[test]
fn what_was_not_granted_is_refused_with_the_line_that_would_grant_it() {
    let stage = Stage::synced(450);
    let before = stage.accounts();
    let grant = stage.purser.file(
        "grant.toml",
        "rules = [{ action = \"check\", methods = [\"GET\"], path = \"/me\" }]",
    );
    stage.purser.ok(&format!(
        "connector grant {} --file {grant}",
        purser_tests::CONNECTOR
    ));
    let answer = stage.purser.run("run boards");
    answer.assert_refused(3, "input or configuration", "read:members GET /members");
    assert_eq!(outcome(&stage)["class"], "request-denied");
    assert_eq!(stage.accounts(), before);
}

#[test]
fn a_wrong_token_keeps_nothing() {
    let stage = Stage::empty(10, SampleOptions::default());
    stage.purser.upload_and_grant("sample");
    stage.purser.ok(&format!(
        "alias create acme --connector {}",
        purser_tests::CONNECTOR
    ));
    stage.connect("acme-main", "wrong-token").assert_refused(
        3,
        "input or configuration",
        "not kept",
    );
    assert_eq!(stage.purser.json("connection list"), serde_json::json!([]));
}

#[test]
fn nobody_listening_is_the_networks_fault() {
    let mut stage = Stage::empty(10, SampleOptions::default());
    stage.purser.upload_and_grant("sample");
    stage.purser.ok(&format!(
        "alias create acme --connector {}",
        purser_tests::CONNECTOR
    ));
    stage.app.stop();
    stage
        .connect("acme-main", "any-token-at-all")
        .assert_refused(5, "SaaS application", "refused");
}
