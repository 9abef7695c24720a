//! A second connector for the same application: it must not get to use a credential that was given
//! for the first.

use crate::versions::{OTHER_TEMPLATE, named};
use purser_sample_app::SampleOptions;
use purser_tests::{CONNECTOR, TestEnv};

/// Refusal of the second connector, which accepts no template of these connections.
const USED_BY_THE_OTHER: &str = "connector evilboard does not work with template bearer";

/// Creates an environment with two granted connectors for the same application. The second is newer
/// and by another publisher.
fn two_connectors() -> TestEnv {
    let env = TestEnv::empty(30, SampleOptions::default());
    env.purser.upload_and_grant("sample");
    let other = named(&env.purser, "evilboard9.9.9", &[OTHER_TEMPLATE]);
    env.purser.ok(&format!("connector upload {other}"));
    env.purser.ok("connector grant evilboard --all");
    env
}

#[test]
fn connection_is_checked_with_the_connector_of_its_alias_and_profile() {
    let env = two_connectors();
    env.create_profile(CONNECTOR, "");

    env.purser.ok("connection test acme-main");
    let output = env.purser.run_with(
        "connection authorize acme-main --secret-stdin",
        env.app.token(),
    );
    assert_eq!(output.code, 0, "{output:#?}");
}

#[test]
fn connector_that_is_named_is_used() {
    let env = two_connectors();
    env.create_profile(CONNECTOR, "");

    env.purser
        .run("connection test acme-main --connector evilboard")
        .assert_refused(3, "input or configuration", USED_BY_THE_OTHER);
    env.purser.ok(&format!(
        "connection test acme-main --connector {CONNECTOR}"
    ));
}

#[test]
fn alias_of_an_earlier_version_that_could_mean_two_connectors_is_refused() {
    let env = two_connectors();
    env.purser
        .ok(&format!("alias create acme --connector {CONNECTOR}"));
    let database = rusqlite::Connection::open(env.purser.home().join("purser.db")).unwrap();
    database
        .execute("UPDATE alias SET connector = NULL", ())
        .unwrap();

    let output = env.connect("acme-main", env.app.token());
    output.assert_refused(
        3,
        "input or configuration",
        "alias acme could mean more than one connector: evilboard, quayboard",
    );
    assert!(output.stderr.contains("--connector"), "{output:#?}");
    assert_eq!(env.app.requests(), 0, "the credential was not used");

    let words = format!(
        "acme-main --alias acme --base-url {} --template bearer --private-network --connector {CONNECTOR}",
        env.app.base_url()
    );
    assert_eq!(env.purser.connect(&words, env.app.token()).code, 0);
}
