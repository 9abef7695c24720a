//! Versions come, are granted, run, are gone back from, disabled and deleted.

use crate::versions::{
    OTHER_RECLAIM, OTHER_SUMMARY, OTHER_SUSPEND, OTHER_TEMPLATE, OTHER_TITLE, padded, version,
};
use purser_tests::{Answer, CONNECTOR, Purser, Stage, connector};
use serde_json::{Value, json};
use std::fs::File;

const OPERATOR: &str = "input or configuration";

/// Two versions, the first of which is granted this; the second changes whatever a version can.
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

/// The version that the profile runs.
fn running(purser: &Purser) -> String {
    let digest = purser.json("profile show boards")["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let known = purser.json(&format!("connector inspect {digest}"));
    known["description"]["version"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_version_shows_what_it_changes_and_inherits_nothing() {
    let purser = Purser::new();
    let first = connector("sample").display().to_string();
    assert_eq!(
        purser.json(&format!("connector upload {first}"))["previous"],
        Value::Null
    );
    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    let edits = [OTHER_RECLAIM, OTHER_SUSPEND, OTHER_SUMMARY, OTHER_TITLE];
    let second = version(&purser, "0.2.0", &edits);

    // From standard input, as a program that fetches connectors would.
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
        shown.contains("Different from 0.2.0")
            && shown.contains("changed")
            && shown.contains("0.3.0"),
        "{shown}"
    );
    let list = purser.json("connector list");
    let state = |at: usize| (list[at]["latest"].clone(), list[at]["grant"].is_null());
    assert_eq!(
        (state(0), state(1), state(2)),
        (
            (json!(true), true),
            (json!(false), true),
            (json!(false), false)
        )
    );
    let list = purser.ok("connector list");
    assert!(list.contains("latest, not granted"), "{list}");
}

#[test]
fn rights_as_before_are_never_wider_than_either() {
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
    // All that it wants is more, and said to be.
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
fn a_grant_moves_profiles_and_a_rollback_moves_them_back() {
    let stage = Stage::ready(40);
    let purser = &stage.purser;
    let second = version(purser, "0.2.0", &[]);
    purser.ok(&format!("connector upload {second}"));
    purser.ok(&format!(
        "profile create new --connector {CONNECTOR} --alias acme"
    ));
    assert_eq!(
        purser.json("connector list")[1]["profiles"],
        json!(["boards", "new"]),
        "what is not granted is not used"
    );

    let left = purser.json(&format!("connector grant {CONNECTOR} --all --no-enable"));
    assert_eq!(
        (left["moved"].clone(), running(purser)),
        (json!([]), "0.1.0".into())
    );
    let shown = purser.ok(&format!("connector grant {CONNECTOR} --all"));
    assert!(shown.contains("Profile boards runs 0.2.0"), "{shown}");
    assert_eq!(running(purser), "0.2.0");
    purser.ok("profile publish boards");
    assert_eq!(stage.last_run()["run"]["state"], "complete");

    let later = purser.run(&format!("connector rollback {CONNECTOR} --to 0.2.0"));
    later.assert_refused(3, OPERATOR, "no profile runs a later version");
    let shown = purser.ok(&format!("connector rollback {CONNECTOR}"));
    assert!(shown.contains("Profile boards runs 0.1.0"), "{shown}");
    purser.ok("run boards");
    assert_eq!(
        (running(purser), stage.last_run()["run"]["state"].clone()),
        ("0.1.0".into(), json!("complete"))
    );
    purser
        .run(&format!("connector rollback {CONNECTOR}"))
        .assert_refused(3, OPERATOR, "no earlier version");
}

#[test]
fn what_is_in_use_is_neither_disabled_nor_deleted() {
    let stage = Stage::synced(40);
    let purser = &stage.purser;
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
fn a_disabled_version_does_nothing_until_it_is_enabled() {
    let stage = Stage::ready(40);
    let purser = &stage.purser;
    purser.ok(&format!("connector disable {CONNECTOR}"));
    assert!(
        purser
            .ok("connector list")
            .contains("latest, granted, disabled")
    );
    let refused = |answer: Answer| answer.assert_refused(3, OPERATOR, "is disabled");
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
    // A connection is not tried with it either.
    assert_eq!(stage.connect("acme-more", "not the token").code, 0);
    assert_eq!(purser.json("runs list"), json!([]));
    purser.ok(&format!("connector enable {CONNECTOR}"));
    purser.ok("run boards --connection acme-main");
}

#[test]
fn a_version_that_two_uploads_share_is_named_by_its_digest() {
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

/// The applications' names of templates, elsewhere: a version that signs in another way.
#[test]
fn a_version_for_another_template_is_not_forced_on_a_connection() {
    let stage = Stage::ready(40);
    let purser = &stage.purser;
    let second = version(purser, "0.2.0", &[OTHER_TEMPLATE]);
    purser.ok(&format!("connector upload {second}"));
    let granted = purser.json(&format!("connector grant {CONNECTOR} --all"));
    assert_eq!(
        (granted["moved"].clone(), running(purser)),
        (json!([]), "0.1.0".into())
    );
    let why = granted["stayed"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("template bearer of connection acme-main"),
        "{why}"
    );
    purser.ok("run boards");
}

#[test]
fn a_profile_goes_out_of_use_and_then_its_connector_can_go_too() {
    let stage = Stage::synced(40);
    let purser = &stage.purser;
    purser
        .run("profile delete boards")
        .assert_refused(3, OPERATOR, "is published");
    assert_ne!(purser.json("accounts boards"), json!([]));
    purser.ok("profile unpublish boards");
    assert_eq!(purser.json("profile show boards")["state"], "draft");
    assert_ne!(
        purser.json("accounts boards"),
        json!([]),
        "a draft keeps what it read"
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
        "what was done is not forgotten"
    );

    let kept = || {
        std::fs::read_dir(purser.home().join("code"))
            .unwrap()
            .count()
    };
    assert_eq!(kept(), 1);
    purser.ok(&format!("connector delete {CONNECTOR}"));
    assert_eq!(kept(), 0, "its machine code goes with it");

    // The name is free, and nothing of the old one shows through.
    purser.upload_and_grant("sample");
    purser.ok(&format!(
        "profile create boards --connector {CONNECTOR} --alias acme"
    ));
    assert_eq!(purser.json("accounts boards"), json!([]));
    purser.ok("profile publish boards");
}
