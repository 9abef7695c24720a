//! Rules about dependencies: host crates depend only downward, and each dangerous library has one
//! owner.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod readme;

use std::collections::BTreeSet;
use std::fs;

/// For each host crate, the other crates of the repository that it may depend on.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("licensing", &["purser-model"]),
    ("vault", &["purser-model"]),
    ("egress", &["purser-model", "purser-vault"]),
    ("sandbox", &["purser-model"]),
    ("store", &["purser-model"]),
    (
        "engine",
        &[
            "purser-egress",
            "purser-licensing",
            "purser-model",
            "purser-sandbox",
            "purser-store",
            "purser-vault",
        ],
    ),
    (
        "purser",
        &[
            "purser-connector-builder",
            "purser-engine",
            "purser-model",
            "purser-sample-app",
        ],
    ),
    ("sample-app", &[]),
    ("xtask", &["purser-connector-builder", "purser-model"]),
];

/// Libraries with a single owner among the host crates.
const OWNED: &[(&str, &str)] = &[
    ("wasmtime", "sandbox"),
    ("reqwest", "egress"),
    ("rusqlite", "store"),
    ("chacha20poly1305", "vault"),
];

fn manifests() -> Vec<(String, toml::Table)> {
    let host = purser_tests::repository().join("host");
    let folders = fs::read_dir(host).unwrap().map(|entry| entry.unwrap());

    folders
        .map(|folder| {
            let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
            (
                folder.file_name().into_string().unwrap(),
                manifest.parse().unwrap(),
            )
        })
        .collect()
}

fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let tables = ["dependencies", "build-dependencies", "dev-dependencies"];
    tables
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

#[test]
fn host_crates_depend_only_on_allowed_crates() {
    for (name, manifest) in manifests() {
        let (_, may_use) = MAY_USE
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("host/{name} has no rule here"));
        let own = dependencies(&manifest)
            .into_iter()
            .filter(|dependency| dependency.starts_with("purser-"));

        let wrong: Vec<_> = own
            .filter(|dependency| !may_use.contains(&dependency.as_str()))
            .collect();
        assert!(wrong.is_empty(), "host/{name} may not depend on {wrong:?}");
    }
}

#[test]
fn dangerous_library_is_used_by_its_owner_alone() {
    for (name, manifest) in manifests() {
        for (library, owner) in OWNED {
            let prefixed = format!("{library}-");
            let uses = dependencies(&manifest)
                .iter()
                .any(|used| used == library || used.starts_with(&prefixed));
            assert_eq!(
                uses,
                name == *owner,
                "host/{name} and {library}, which belongs to host/{owner}"
            );
        }
    }
}

#[test]
fn model_depends_on_no_io_library() {
    let (_, manifest) = manifests()
        .into_iter()
        .find(|(name, _)| name == "model")
        .unwrap();

    for impure in ["tokio", "futures", "tracing", "rusqlite", "reqwest"] {
        assert!(
            !dependencies(&manifest).contains(impure),
            "host/model uses {impure}"
        );
    }
}
