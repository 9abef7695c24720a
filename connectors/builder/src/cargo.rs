//! Runs cargo for a connector crate.

use crate::error::BuildError;
use crate::package::{Package, cargo_program};
use crate::target::TARGET;
use crate::toolchain::Toolchain;
use serde::Deserialize;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A line of `cargo build --message-format=json`. Lines of other kinds lack these fields and are
/// skipped.
#[derive(Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    filenames: Vec<PathBuf>,
}

/// Builds the crate and returns the path of its core module.
pub(crate) fn build(toolchain: &Toolchain, package: &Package) -> Result<PathBuf, BuildError> {
    let program = cargo_program();
    let output = Command::new(&program)
        .args([
            "build",
            "--lib",
            "--target",
            TARGET,
            "--profile",
            package.profile,
        ])
        .args([
            "--message-format",
            "json-render-diagnostics",
            "--manifest-path",
        ])
        .arg(&package.manifest)
        .arg("--target-dir")
        .arg(package.target_dir.join(&toolchain.standard_library))
        .current_dir(package.manifest.parent().unwrap_or(&package.manifest))
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_ENCODED_RUSTFLAGS", rustc_flags(package))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| BuildError::Start {
            program: program.to_string_lossy().into(),
            source,
        })?;

    if !output.status.success() {
        return Err(BuildError::Compile {
            dir: package
                .manifest
                .parent()
                .unwrap_or(&package.manifest)
                .into(),
        });
    }

    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .filter(|artifact: &Artifact| artifact.manifest_path == package.manifest)
        .flat_map(|artifact| artifact.filenames)
        .find(|file| {
            file.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .ok_or_else(|| BuildError::NoModule {
            package: package.name.clone(),
        })
}

/// Returns the compiler's flags, in the form that cargo reads from the environment. They replace
/// flags of the caller, so that a connector does not depend on who builds it.
fn rustc_flags(package: &Package) -> OsString {
    let mut flags = OsString::new();
    for (from, to) in &package.path_mapping {
        if !flags.is_empty() {
            flags.push("\x1f");
        }
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push(format!("={to}"));
    }
    flags
}
