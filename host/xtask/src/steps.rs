//! The steps that commands are made of.

use crate::run::{cargo, run as execute};
use anyhow::Result;
use purser_connector_builder::{Toolchain, build_with, toolchain};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The connectors that come with Purser, and those that tests need. The binary embeds what it finds of them.
const CONNECTORS: [&str; 6] = [
    "connectors/sample",
    "connectors/scim",
    "connectors/jupyterhub",
    "tests/guests/canary",
    "tests/guests/clerk",
    "tests/guests/exporter",
];

/// One step of a command. Each is quick when there is nothing to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Gets a compiler for WebAssembly.
    Setup,
    /// Builds the connectors.
    Connectors,
    /// Builds every crate of the host, always together: a part of them would have other features of their dependencies, and build those anew.
    Host,
    /// The same, optimised, for measuring.
    Bench,
    /// Installs the real servers.
    Servers,
    /// Checks the format.
    Format,
    /// Checks the lints.
    Clippy,
    /// Runs the tests.
    Tests,
}

impl Step {
    const fn title(self) -> &'static str {
        match self {
            Self::Setup => "finding a compiler for WebAssembly",
            Self::Connectors => "building the connectors",
            Self::Host => "building the host (minutes the first time)",
            Self::Bench => "building the host, optimised (minutes the first time)",
            Self::Servers => "installing the servers to test against",
            Self::Format => "checking the format",
            Self::Clippy => "checking the lints",
            Self::Tests => "running the tests",
        }
    }

    fn execute(self) -> Result<()> {
        match self {
            Self::Setup => compiler().map(drop),
            Self::Connectors => connectors(),
            Self::Host => execute(cargo().args(["build", "--workspace"])),
            Self::Bench => execute(cargo().args(["build", "--workspace", "--release"])),
            Self::Servers => execute(&mut Command::new(root().join("tests/servers/install.sh"))),
            Self::Format => execute(cargo().args(["fmt", "--all", "--check"])),
            Self::Clippy => execute(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])),
            Self::Tests => execute(cargo().args(["test", "--workspace"])),
        }
    }
}

/// Takes the steps in order, saying which and how long each took, until one fails.
pub(crate) fn run(steps: &[Step]) -> Result<()> {
    for (index, step) in steps.iter().enumerate() {
        eprintln!("[{}/{}] {}", index + 1, steps.len(), step.title());
        let began = Instant::now();
        step.execute()?;
        if began.elapsed() > Duration::from_secs(2) {
            eprintln!("      {} s", began.elapsed().as_secs());
        }
    }
    Ok(())
}

/// Runs the demo.
pub(crate) fn demo(args: &[String]) -> Result<()> {
    execute(
        Command::new(target_dir().join("debug/purser"))
            .arg("demo")
            .args(args),
    )
}

/// Runs the benchmark. Its options may stand behind a `--`, as cargo's own would.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    execute(
        Command::new(target_dir().join("release/purser-bench"))
            .args(args)
            .current_dir(root()),
    )
}

/// The checkout.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .ancestors()
        .nth(2)
        .unwrap_or(manifest)
        .to_path_buf()
}

/// Where cargo puts the host's programs.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn compiler() -> Result<Toolchain> {
    Ok(toolchain(&root())?)
}

fn connectors() -> Result<()> {
    let compiler = compiler()?;
    for folder in CONNECTORS.map(Path::new) {
        let name = folder.file_name().unwrap_or_default().display();
        // Always here, wherever cargo's own results go: the binary's build script and the tests look for them in the checkout.
        let out = root().join(format!("target/connectors/{name}.wasm"));
        let built = build_with(&compiler, &root().join(folder), &out)?;
        let state = if built.changed { "built" } else { "up to date" };
        eprintln!(
            "      {name:<11} {:>4} KB  {state}",
            built.bytes.div_ceil(1000)
        );
    }
    Ok(())
}
