//! Metadata of a connector crate, from cargo.

use crate::error::BuildError;
use crate::target::TARGET;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The cargo profile for connectors, if their workspace defines it.
const PROFILE: &str = "guest";

/// A connector crate.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    /// Separate from the host's, so that the builds do not wait for each other's lock.
    pub(crate) target_dir: PathBuf,
    pub(crate) profile: &'static str,
    /// Directories of this machine that would appear in the module, with their replacements.
    pub(crate) path_mapping: Vec<(PathBuf, String)>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    version: String,
    source: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    crate_types: Vec<String>,
}

/// Returns the cargo program: the one that runs this process, if any.
pub(crate) fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Reads the metadata of the crate in `dir`.
pub(crate) fn inspect(dir: &Path) -> Result<Package, BuildError> {
    let not_a_connector = |why: &str| BuildError::NotAConnector {
        dir: dir.into(),
        why: why.into(),
    };
    let manifest = dir
        .join("Cargo.toml")
        .canonicalize()
        .map_err(|_| not_a_connector("it has no Cargo.toml"))?;
    let metadata = metadata(dir, &manifest)?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.manifest_path == manifest);
    let package =
        package.ok_or_else(|| not_a_connector("its Cargo.toml has a workspace and no package"))?;

    if !package
        .targets
        .iter()
        .any(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
    {
        return Err(not_a_connector("its library has no crate-type \"cdylib\""));
    }

    Ok(Package {
        name: package.name.clone(),
        manifest: manifest.clone(),
        target_dir: metadata.target_directory.join(PROFILE),
        profile: if has_profile(&metadata.workspace_root) {
            PROFILE
        } else {
            "release"
        },
        path_mapping: path_mapping(&metadata),
    })
}

fn metadata(dir: &Path, manifest: &Path) -> Result<Metadata, BuildError> {
    let program = cargo_program();
    let output = Command::new(&program)
        .args([
            "metadata",
            "--format-version=1",
            "--filter-platform",
            TARGET,
            "--manifest-path",
        ])
        .arg(manifest)
        .current_dir(dir)
        .output()
        .map_err(|source| BuildError::Start {
            program: program.to_string_lossy().into(),
            source,
        })?;
    let unreadable = |message: String| BuildError::Manifest {
        dir: dir.into(),
        message,
    };
    if !output.status.success() {
        return Err(unreadable(
            String::from_utf8_lossy(&output.stderr).trim().into(),
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| unreadable(error.to_string()))
}

fn has_profile(workspace_root: &Path) -> bool {
    let manifest = std::fs::read_to_string(workspace_root.join("Cargo.toml")).unwrap_or_default();
    manifest.parse::<toml::Table>().is_ok_and(|table| {
        table
            .get("profile")
            .and_then(|all| all.get(PROFILE))
            .is_some()
    })
}

/// Returns the replacements of source paths, which panic messages contain. Crates of registries
/// share one path; local crates get their name.
fn path_mapping(metadata: &Metadata) -> Vec<(PathBuf, String)> {
    let all = metadata.packages.iter().filter_map(|package| {
        let dir = package.manifest_path.parent()?;
        Some(match package.source {
            Some(_) => (dir.parent()?.to_path_buf(), "/crates".to_owned()),
            None => (
                dir.to_path_buf(),
                format!("/{}-{}", package.name, package.version),
            ),
        })
    });
    // Sorted: if one directory contains another, the compiler prefers the later entry, which is the
    // inner one.
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(manifest: Option<&str>) -> (String, &'static str) {
        let dir = tempfile::tempdir().unwrap();
        if let Some(manifest) = manifest {
            std::fs::create_dir(dir.path().join("src")).unwrap();
            std::fs::write(dir.path().join("src/lib.rs"), "").unwrap();
            std::fs::write(dir.path().join("Cargo.toml"), manifest).unwrap();
        }
        let error = inspect(dir.path()).unwrap_err();
        let kind = if matches!(error, BuildError::NotAConnector { .. }) {
            "not a connector"
        } else {
            "manifest"
        };
        (error.to_string(), kind)
    }

    #[test]
    fn other_directory_is_refused_with_the_reason() {
        for (manifest, kind, reason) in [
            (None, "not a connector", "no Cargo.toml"),
            (Some("[workspace]"), "manifest", "no package"),
            (
                Some("[package]\nname = \"x\"\nedition = \"2024\"\n[workspace]"),
                "not a connector",
                "cdylib",
            ),
            (Some("[package"), "manifest", "Cargo.toml"),
        ] {
            let (message, found) = refusal(manifest);
            assert_eq!(found, kind, "{message}");
            assert!(message.contains(reason), "{message}");
        }
    }

    #[test]
    fn workspace_without_a_package_is_refused() {
        let error = inspect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap_err();
        assert!(matches!(error, BuildError::NotAConnector { .. }), "{error}");
    }

    #[test]
    fn crate_gets_its_name_profile_and_path_mapping() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("src")).unwrap();
        std::fs::write(dir.path().join("src/lib.rs"), "").unwrap();
        let manifest = "[package]\nname = \"acme\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n[workspace]";
        std::fs::write(dir.path().join("Cargo.toml"), manifest).unwrap();
        let package = inspect(dir.path()).unwrap();
        assert_eq!(
            (package.name.as_str(), package.profile),
            ("acme", "release")
        );
        assert_eq!(
            package.path_mapping,
            [(dir.path().canonicalize().unwrap(), "/acme-1.2.3".to_owned())]
        );
        std::fs::write(
            dir.path().join("Cargo.toml"),
            format!("{manifest}\n[profile.guest]\ninherits = \"release\""),
        )
        .unwrap();
        assert_eq!(inspect(dir.path()).unwrap().profile, PROFILE);
    }
}
