//! Runs a case as an operator does: connects, imports, publishes (which reads), and runs again.

use crate::application::{Application, with_times};
use crate::case::{Case, CommandResult, ImportedFile, encoded};
use crate::expectation;
use purser_tests::{CommandOutput, Purser};
use std::collections::BTreeMap;
use std::path::Path;

/// The connectors that cases use, by folder, with their names.
const CONNECTORS: [(&str, &str); 3] = [
    ("scim", "scim"),
    ("jupyterhub", "jupyterhub"),
    ("lists", "lists"),
];

/// A home with every connector granted. Cases copy it, because uploading compiles.
pub(crate) struct Prepared {
    purser: Purser,
}

impl Prepared {
    pub(crate) fn new() -> Self {
        let purser = Purser::new();
        for (folder, _) in CONNECTORS {
            purser.upload_and_grant(folder);
        }
        Self { purser }
    }

    fn copy(&self) -> Purser {
        let copy = Purser::new();
        copy_folder(&self.purser.home(), &copy.home());
        copy
    }
}

/// Runs a case and returns every difference from the right values.
pub(crate) fn run(prepared: &Prepared, case: &Case) -> Vec<String> {
    let purser = prepared.copy();
    let mut problems = Vec::new();
    for (kind, file) in [
        ("people", &case.people),
        ("entitlement", &case.entitlements),
    ] {
        if let Some(file) = file {
            problems.extend(import(&purser, kind, file));
        }
    }

    let Some(folder) = &case.connector else {
        return problems;
    };
    let names = BTreeMap::from(CONNECTORS);
    let connector = names[folder.as_str()];
    let application = Application::start(&case.answers);

    purser.ok(&format!("alias create app --connector {connector}"));
    let connected = connect(&purser, case, &application);
    let right = CommandResult::default();
    let right = case.connect.as_ref().unwrap_or(&right);
    problems.extend(expectation::command("connect", &connected, right));
    if connected.code != 0 {
        return problems;
    }

    let settings: String = case
        .settings
        .iter()
        .map(|setting| format!(" --set {setting}"))
        .collect();
    purser.ok(&format!(
        "profile create app --connector {connector} --alias app{settings}"
    ));
    application.take_requests();
    let first = purser.run("profile publish app");
    let requests = application.take_requests();
    problems.extend(expectation::read(
        "read", &purser, &first, &requests, &case.read,
    ));

    if !case.then.is_empty() {
        application.set_answers(&case.then);
        let second = purser.run("run app");
        let requests = application.take_requests();
        problems.extend(expectation::read(
            "read again",
            &purser,
            &second,
            &requests,
            &case.read_again,
        ));
    }

    problems
}

fn import(purser: &Purser, kind: &str, file: &ImportedFile) -> Vec<String> {
    let bytes = encoded(&with_times(&file.text), &file.encode);
    let path = purser.file(&format!("{kind}.csv"), bytes);
    let output = purser.run(&format!("{kind} import {path} {}", file.options));
    let right = CommandResult {
        code: file.code,
        says: file.says.clone(),
        never_says: Vec::new(),
    };
    expectation::command(kind, &output, &right)
}

fn connect(purser: &Purser, case: &Case, application: &Application) -> CommandOutput {
    let template = case
        .template
        .as_ref()
        .map_or("bearer", |template| &template.name);
    let values: String = case
        .template
        .iter()
        .flat_map(|template| &template.set)
        .map(|value| format!(" --set {}", value.replace("@base@", &application.base_url)))
        .collect();
    let base_url = &application.base_url;
    let words = format!(
        "app --alias app --base-url {base_url} --template {template}{values} --private-network"
    );
    purser.connect(&words, "secret-0123456789")
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
