//! Applications that misbehave, and credentials with too few rights.

use purser_sample_app::{Fault, SampleOptions, Scope};
use purser_tests::{CommandOutput, TestEnv};

/// Syncs once without a fault and once with it. The second run must fail and leave the stored
/// accounts as they were.
fn run_with(fault: Fault) -> (TestEnv, CommandOutput) {
    let env = TestEnv::synced(450);
    let before = env.accounts();
    env.app.inject(fault);

    let output = env.purser.run("run boards");
    assert_eq!(
        env.accounts(),
        before,
        "the failed run changed stored accounts"
    );

    (env, output)
}

/// Returns the outcome of the latest run, which must have failed.
fn outcome(env: &TestEnv) -> serde_json::Value {
    let run = env.last_run();
    assert_eq!(run["run"]["state"], "failed");
    run["run"]["outcome"].clone()
}

#[test]
fn revoked_token_makes_the_connection_need_attention() {
    let (env, output) = run_with(Fault::TokenRevokedAfter { requests: 0 });
    output.assert_refused(3, "input or configuration", "credential");
    assert_eq!(outcome(&env)["class"], "auth-rejected");

    let connection = &env.purser.json("connection list")[0];
    assert_eq!(connection["state"], "needs-attention");
    env.purser.run("run boards").assert_refused(
        3,
        "input or configuration",
        "is paused, because connection acme-main needs attention",
    );

    env.app.clear_faults();
    env.purser.ok("connection test acme-main");
    env.purser.ok("run boards");
}

#[test]
fn missing_scope_is_named_in_the_error() {
    let (env, output) = run_with(Fault::ScopeMissing(Scope::MembersRead));
    output.assert_refused(3, "input or configuration", "members:read");
    assert_eq!(outcome(&env)["class"], "permission-missing");
}

#[test]
fn malformed_json_is_blamed_on_the_application() {
    let (env, output) = run_with(Fault::MalformedJson { page: 2 });
    output.assert_refused(5, "SaaS application", "broke its own contract");
    assert_eq!(outcome(&env)["class"], "contract-violation");
}

#[test]
fn duplicate_id_within_a_page_costs_the_second_row() {
    let env = TestEnv::synced(450);
    let before = env.accounts();
    env.app.inject(Fault::DuplicateInPage { page: 1 });

    let output = env.purser.run("run boards");

    assert_eq!(output.code, 6, "{}", output.stderr);
    assert_eq!(env.accounts(), before);
    let run = env.last_run();
    assert_eq!(run["run"]["state"], "complete");
    assert_eq!(run["run"]["rejected"], 1);
}

#[test]
fn duplicate_id_in_a_later_page_is_counted_as_rejected() {
    let env = TestEnv::synced(450);
    let before = env.accounts();
    env.app.inject(Fault::DuplicateOfPreviousPage { page: 1 });
    env.purser.ok("run boards");

    assert_eq!(env.accounts(), before);

    let rejected = env.last_run()["rejected"].as_array().unwrap().clone();
    assert_eq!(rejected.len(), 1, "{rejected:#?}");
}

#[test]
fn repeated_cursor_fails_the_run_as_pagination_stall() {
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
        let (env, output) = run_with(fault);
        assert_ne!(output.code, 0);
        assert_eq!(outcome(&env)["class"], "pagination-stall");
    }
}

#[test]
fn list_that_ends_before_its_total_is_incomplete_with_both_numbers() {
    let (env, output) = run_with(Fault::EndsEarly { members: 440 });

    output.assert_refused(5, "SaaS application", "440 of the 450 rows");
    let outcome = outcome(&env);
    assert_eq!(outcome["class"], "incomplete");
    assert_eq!(outcome["blame"], "upstream");
    let run = env.last_run();
    let counts = &run["run"]["streams"][0]["counts"];
    assert_eq!(counts["records"], 440, "the counts of one pass");
    assert_eq!(counts["removed"], 0);

    env.app.clear_faults();
    env.purser.ok("run boards");
}

#[test]
fn empty_pages_without_end_fail_the_run_after_a_few() {
    let env = TestEnv::synced(450);
    let before = env.accounts();
    let requests_before = env.app.requests();
    env.app.inject(Fault::EmptyPages);

    env.purser.run("run boards").assert_refused(
        5,
        "SaaS application",
        "20 pages in a row without a new row",
    );

    assert_eq!(outcome(&env)["class"], "pagination-stall");
    assert_eq!(env.accounts(), before);
    let requests = env.app.requests() - requests_before;
    assert!(requests < 150, "{requests} requests");
}

#[test]
fn server_that_dies_during_a_run_leaves_the_committed_pages() {
    let env = TestEnv::ready(450);
    let requests_before = env.app.requests();
    env.app.inject(Fault::CrashesAfter {
        requests: requests_before + 3,
    });

    env.purser
        .run("run boards")
        .assert_refused(5, "SaaS application", "");

    let kept = env.accounts().as_array().unwrap().len();
    assert!(kept > 0 && kept < 450, "{kept} accounts were kept");
}

#[test]
fn shrunken_or_empty_list_removes_nothing() {
    for members in [0, 100] {
        let (env, output) = run_with(Fault::ListsOnly { members });
        output.assert_refused(5, "SaaS application", "nothing was removed");
        assert_eq!(outcome(&env)["class"], "shrink-guard");
    }
}

#[test]
fn shrunken_list_is_accepted_with_accept_shrink() {
    let env = TestEnv::synced(450);
    env.app.inject(Fault::ListsOnly { members: 100 });
    env.purser.ok("run boards --accept-shrink");
    assert_eq!(env.accounts().as_array().unwrap().len(), 100);
}

#[test]
fn ungranted_request_is_denied_naming_the_missing_grant_line() {
    let env = TestEnv::synced(450);
    let before = env.accounts();
    let grant = env.purser.file(
        "grant.toml",
        "rules = [{ action = \"check\", methods = [\"GET\"], path = \"/me\" }]",
    );
    env.purser.ok(&format!(
        "connector grant {} --file {grant}",
        purser_tests::CONNECTOR
    ));

    let output = env.purser.run("run boards");
    output.assert_refused(3, "input or configuration", "read:members GET /members");
    assert_eq!(outcome(&env)["class"], "request-denied");
    assert_eq!(env.accounts(), before);
}

#[test]
fn connection_with_a_wrong_token_is_not_stored() {
    let env = TestEnv::empty(10, SampleOptions::default());
    env.purser.upload_and_grant("sample");
    env.purser.ok(&format!(
        "alias create acme --connector {}",
        purser_tests::CONNECTOR
    ));

    env.connect("acme-main", "wrong-token")
        .assert_refused(3, "input or configuration", "not kept");
    assert_eq!(env.purser.json("connection list"), serde_json::json!([]));
}

#[test]
fn refused_network_connection_is_blamed_on_the_application() {
    let mut env = TestEnv::empty(10, SampleOptions::default());
    env.purser.upload_and_grant("sample");
    env.purser.ok(&format!(
        "alias create acme --connector {}",
        purser_tests::CONNECTOR
    ));
    env.app.stop();

    env.connect("acme-main", "any-token-at-all")
        .assert_refused(5, "SaaS application", "refused");
}
