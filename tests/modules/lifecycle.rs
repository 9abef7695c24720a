//! The life of connector versions: upload, grant, upgrade, rollback, disabling and deletion.

use crate::versions::{
    OTHER_RECLAIM, OTHER_SUMMARY, OTHER_SUSPEND, OTHER_TEMPLATE, OTHER_TITLE, padded, version,
};
use purser_tests::{CONNECTOR, CommandOutput, Purser, TestEnv, connector};
use serde_json::{Value, json};
use std::fs::File;

const OPERATOR: &str = "input or configuration";

/// Uploads two versions. The first has this grant; the second changes what it requests.
fn two_versions(granted: &str) -> Purser {
    let purser = Purser::new();
    purser.ok(&format!(
        "connector upload {}",
        connector("sample").display()
    ));
    let grant = purser.file("grant.toml", granted);
    purser.ok(&format!("connector grant {CONNECTOR} --file {grant}"));

    let second = version(&purser, "0.2.0", &[OTHER_RECLAIM, OTHER_SUSPEND]);
    purser.ok(&format!("connector upload {second}"));

    purser
}

fn rules(granted: &Value) -> Vec<String> {
    let rule = |rule: &Value| {
        let methods: Vec<_> = rule["methods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m.as_str().unwrap())
            .collect();

        format!(
            "{} {} {}",
            rule["action"].as_str().unwrap(),
            methods.join(","),
            rule["path"].as_str().unwrap()
        )
    };

    granted["grant"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(rule)
        .collect()
}

/// Returns the version that the profile runs.
fn running(purser: &Purser) -> String {
    let digest = purser.json("profile show boards")["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let known = purser.json(&format!("connector inspect {digest}"));
    known["description"]["version"].as_str().unwrap().to_owned()
}

#[test]
fn new_version_lists_its_changes_and_inherits_no_grant() {
    let purser = Purser::new();
    let first = connector("sample").display().to_string();
    assert_eq!(
        purser.json(&format!("connector upload {first}"))["previous"],
        Value::Null
    );

    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    let edits = [OTHER_RECLAIM, OTHER_SUSPEND, OTHER_SUMMARY, OTHER_TITLE];
    let second = version(&purser, "0.2.0", &edits);

    // From standard input, as a script that fetches connectors would.
    let mut command = purser.command("connector upload - --json");
    let output = command
        .stdin(File::open(&second).unwrap())
        .output()
        .unwrap();

    let uploaded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(uploaded["connector"]["grant"], Value::Null);
    assert_eq!(uploaded["previous"]["version"], "0.1.0");

    let changes = uploaded["previous"]["changes"].as_array().unwrap();

    let change = |part: &str, name: &str| {
        let found = changes
            .iter()
            .find(|change| change["part"] == part && change["name"] == name);
        found
            .map(|change| (change["was"].clone(), change["is"].clone()))
            .unwrap()
    };
    assert_eq!(
        change("request", "reclaim:remove-licence /members/*/seats/*"),
        (json!("DELETE"), Value::Null)
    );
    assert_eq!(
        change("request", "reclaim:remove-licence /members/*/chair/*"),
        (Value::Null, json!("PATCH"))
    );
    assert_eq!(
        change("request", "reclaim:suspend /members/*/suspend"),
        (json!("POST"), json!("PUT"))
    );
    assert_eq!(
        change("stream", "members"),
        (json!("accounts: Members"), json!("accounts: Persons"))
    );
    assert_eq!(change("version", ""), (json!("0.1.0"), json!("0.2.0")));
    assert!(
        change("summary", "")
            .1
            .as_str()
            .unwrap()
            .starts_with("Knows")
    );
    assert_eq!(changes.len(), 6, "{changes:#?}");

    let third = version(&purser, "0.3.0", &edits);
    let shown = purser.ok(&format!("connector upload {third}"));
    assert!(
        shown.contains("Differences from 0.2.0")
            && shown.contains("changed")
            && shown.contains("0.3.0"),
        "{shown}"
    );

    let list = purser.json("connector list");
    let state = |at: usize| (list[at]["latest"].clone(), list[at]["grant"].is_null());
    assert_eq!(state(0), (json!(true), true));
    assert_eq!(state(1), (json!(false), true));
    assert_eq!(state(2), (json!(false), false));

    let list = purser.ok("connector list");
    assert!(list.contains("latest, not granted"), "{list}");
}

#[test]
fn grant_as_before_is_the_intersection_of_old_grant_and_new_requests() {
    let purser = two_versions(
        "[[rules]]\naction = \"read:members\"\nmethods = [\"GET\", \"DELETE\"]\npath = \"/**\"\n\
         [[rules]]\naction = \"reclaim:remove-licence\"\nmethods = [\"DELETE\"]\npath = \"/**\"\n\
         [[rules]]\naction = \"reclaim:suspend\"\nmethods = [\"PUT\"]\npath = \"/members/m1/*\"\n[limits]\npages = 7\n",
    );

    let granted = purser.json(&format!("connector grant {CONNECTOR} --as-before"));
    assert_eq!(
        rules(&granted),
        [
            "read:members GET /members",
            "reclaim:suspend PUT /members/m1/suspend"
        ]
    );
    assert_eq!(granted["grant"]["limits"]["pages"], 7);
    assert_eq!(granted["difference"]["added"], json!([]));
    assert_eq!(granted["difference"]["version"], "0.1.0");

    // Granting all requests adds more, and says so.
    let shown = purser.ok(&format!("connector grant {CONNECTOR} --all"));
    assert!(
        shown.contains("+ reclaim:remove-licence PATCH /members/*/chair/*"),
        "{shown}"
    );
    assert!(shown.contains("+ pages"), "{shown}");

    let alone = Purser::new();
    alone.ok(&format!(
        "connector upload {}",
        connector("sample").display()
    ));

    let refused = alone.run(&format!("connector grant {CONNECTOR} --as-before"));
    refused.assert_refused(3, OPERATOR, "no version before");
    assert_eq!(alone.json("connector list")[0]["grant"], Value::Null);
}

#[test]
fn grant_upgrades_profiles_and_rollback_downgrades_them() {
    let env = TestEnv::ready(40);
    let purser = &env.purser;
    let second = version(purser, "0.2.0", &[]);
    purser.ok(&format!("connector upload {second}"));
    purser.ok(&format!(
        "profile create new --connector {CONNECTOR} --alias acme"
    ));

    assert_eq!(
        purser.json("connector list")[1]["profiles"],
        json!(["boards", "new"]),
        "an ungranted version is not used"
    );

    let left = purser.json(&format!("connector grant {CONNECTOR} --all --no-enable"));
    assert_eq!(left["moved"], json!([]));
    assert_eq!(running(purser), "0.1.0");

    let shown = purser.ok(&format!("connector grant {CONNECTOR} --all"));
    assert!(shown.contains("Profile boards now runs 0.2.0"), "{shown}");
    assert_eq!(running(purser), "0.2.0");

    purser.ok("profile publish boards");
    assert_eq!(env.last_run()["run"]["state"], "complete");

    let later = purser.run(&format!("connector rollback {CONNECTOR} --to 0.2.0"));
    later.assert_refused(3, OPERATOR, "no profile runs a later version");

    let shown = purser.ok(&format!("connector rollback {CONNECTOR}"));
    assert!(shown.contains("Profile boards now runs 0.1.0"), "{shown}");

    purser.ok("run boards");
    assert_eq!(running(purser), "0.1.0");
    assert_eq!(env.last_run()["run"]["state"], "complete");
    purser
        .run(&format!("connector rollback {CONNECTOR}"))
        .assert_refused(3, OPERATOR, "no earlier version");
}

#[test]
fn connector_in_use_cannot_be_disabled_or_deleted() {
    let env = TestEnv::synced(40);
    let purser = &env.purser;
    for verb in ["disable", "delete"] {
        let refused = purser.run(&format!("connector {verb} {CONNECTOR}"));
        refused.assert_refused(3, OPERATOR, "in use by profile boards");
        assert!(refused.stderr.contains("rollback"), "{refused:#?}");
    }

    purser.ok("run boards");
    let second = version(purser, "0.2.0", &[]);
    purser.ok(&format!("connector upload {second}"));
    purser.ok(&format!("connector grant {CONNECTOR} --as-before"));
    purser.ok(&format!("connector disable {CONNECTOR}@0.1.0"));

    purser
        .run(&format!("connector rollback {CONNECTOR}"))
        .assert_refused(3, OPERATOR, "no earlier version");

    purser.ok(&format!("connector delete {CONNECTOR}@0.1.0"));
    assert_eq!(purser.json("connector list").as_array().unwrap().len(), 1);
    purser
        .run(&format!("connector inspect {CONNECTOR}@0.1.0"))
        .assert_refused(3, OPERATOR, "no connector quayboard of");

    purser.ok("run boards");
}

#[test]
fn disabled_version_is_refused_everywhere_until_enabled() {
    let env = TestEnv::ready(40);
    let purser = &env.purser;
    purser.ok(&format!("connector disable {CONNECTOR}"));

    assert!(
        purser
            .ok("connector list")
            .contains("latest, granted, disabled")
    );
    let refused = |output: CommandOutput| output.assert_refused(3, OPERATOR, "is disabled");

    refused(purser.run("run boards"));
    refused(purser.run("profile publish boards"));
    assert_eq!(purser.json("profile show boards")["state"], "draft");

    refused(purser.run(&format!(
        "profile create more --connector {CONNECTOR} --alias acme"
    )));
    refused(purser.run(&format!("connector grant {CONNECTOR} --all")));
    refused(purser.run(&format!(
        "connector upload {}",
        connector("sample").display()
    )));

    // Creating a connection does not check it with a disabled connector either.
    assert_eq!(env.connect("acme-more", "not the token").code, 0);
    assert_eq!(purser.json("runs list"), json!([]));

    purser.ok(&format!("connector enable {CONNECTOR}"));
    purser.ok("run boards --connection acme-main");
}

#[test]
fn version_number_of_two_uploads_is_refused_as_ambiguous() {
    let purser = Purser::new();
    purser.ok(&format!(
        "connector upload {}",
        connector("sample").display()
    ));

    let uploaded = purser.json(&format!("connector upload {}", padded(&purser)));
    assert_eq!(uploaded["previous"]["changes"], json!([]));

    let refused = purser.run(&format!("connector disable {CONNECTOR}@0.1.0"));
    refused.assert_refused(3, OPERATOR, "more than once");

    purser.ok(&format!(
        "connector disable {}",
        uploaded["connector"]["digest"].as_str().unwrap()
    ));
    purser
        .run(&format!("connector disable {CONNECTOR}@9.0.0"))
        .assert_refused(3, OPERATOR, "9.0.0");
}

/// The second version accepts another template than that of the connection.
#[test]
fn version_for_another_template_leaves_the_profile_on_its_version() {
    let env = TestEnv::ready(40);
    let purser = &env.purser;
    let second = version(purser, "0.2.0", &[OTHER_TEMPLATE]);
    purser.ok(&format!("connector upload {second}"));

    let granted = purser.json(&format!("connector grant {CONNECTOR} --all"));
    assert_eq!(granted["moved"], json!([]));
    assert_eq!(running(purser), "0.1.0");

    let why = granted["stayed"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("template bearer of connection acme-main"),
        "{why}"
    );

    purser.ok("run boards");
}

#[test]
fn deleted_profile_releases_its_connector_and_its_name() {
    let env = TestEnv::synced(40);
    let purser = &env.purser;
    purser
        .run("profile delete boards")
        .assert_refused(3, OPERATOR, "is published");
    assert_ne!(purser.json("accounts boards"), json!([]));

    purser.ok("profile unpublish boards");
    assert_eq!(purser.json("profile show boards")["state"], "draft");
    assert_ne!(
        purser.json("accounts boards"),
        json!([]),
        "a draft keeps its records"
    );

    purser.ok(&format!("connector disable {CONNECTOR}"));
    purser
        .run(&format!("connector delete {CONNECTOR}"))
        .assert_refused(3, OPERATOR, "in use by profile boards");

    purser.ok("profile delete boards");
    purser
        .run("accounts boards")
        .assert_refused(3, OPERATOR, "no profile boards");
    purser
        .run("profile delete boards")
        .assert_refused(3, OPERATOR, "no profile boards");
    assert_eq!(
        purser.json("runs list")[0]["profile"],
        "boards",
        "the runs of a deleted profile remain"
    );

    let kept = || {
        std::fs::read_dir(purser.home().join("code"))
            .unwrap()
            .count()
    };
    assert_eq!(kept(), 1);

    purser.ok(&format!("connector delete {CONNECTOR}"));
    assert_eq!(kept(), 0, "its cached code is deleted with it");

    // The name is free again, and nothing of the old profile remains.
    purser.upload_and_grant("sample");
    purser.ok(&format!(
        "profile create boards --connector {CONNECTOR} --alias acme"
    ));
    assert_eq!(purser.json("accounts boards"), json!([]));

    purser.ok("profile publish boards");
}
