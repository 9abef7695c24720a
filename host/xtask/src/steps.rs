//! The steps that commands are made of.

use crate::root::{root, target_dir};
use crate::run::{cargo, run as execute};
use crate::style;
use anyhow::Result;
use purser_connector_builder::{Toolchain, build_with, toolchain};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The connectors that come with Purser, and those that tests need. The binary embeds the ones
/// that it finds.
const CONNECTORS: [&str; 7] = [
    "connectors/sample",
    "connectors/scim",
    "connectors/jupyterhub",
    "tests/guests/canary",
    "tests/guests/per-account",
    "tests/guests/exporter",
    "tests/guests/lists",
];

/// A step that takes less time than this reports no duration.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// One step of a command. Each is quick if its result is up to date.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Gets a compiler for WebAssembly.
    Setup,
    /// Builds the connectors.
    Connectors,
    /// Builds the binary, and no crate that only tests use.
    ///
    /// The binary is selected by its name and not by its package: cargo then chooses the features
    /// of dependencies for the whole workspace, and later commands rebuild none of them.
    Binary,
    /// Builds every crate of the workspace.
    Workspace,
    /// Builds every crate of the workspace with optimisation, for measuring.
    Bench,
    /// Installs the real servers.
    Servers,
    /// Checks the format.
    Format,
    /// Checks the house style.
    Style,
    /// Builds the documentation of the libraries; a warning is an error.
    Docs,
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
            Self::Binary => "building the host (minutes the first time)",
            Self::Workspace => "building the host and the tests (minutes the first time)",
            Self::Bench => "building the host, optimised (minutes the first time)",
            Self::Servers => "installing the servers to test against",
            Self::Format => "checking the format",
            Self::Style => "checking the house style",
            Self::Docs => "building the documentation",
            Self::Clippy => "checking the lints",
            Self::Tests => "running the tests",
        }
    }

    fn execute(self) -> Result<()> {
        match self {
            Self::Setup => compiler().map(drop),
            Self::Connectors => connectors(),
            Self::Binary => execute(cargo().args(["build", "--bin", "purser"])),
            Self::Workspace => execute(cargo().args(["build", "--workspace"])),
            Self::Bench => execute(cargo().args(["build", "--workspace", "--release"])),
            Self::Servers => execute(&mut Command::new(root().join("tests/servers/install.sh"))),
            Self::Format => execute(cargo().args(["fmt", "--all", "--check"])),
            Self::Style => style::check(&root(), &[]),
            // Libraries only: comments on the command line's arguments are help texts, whose
            // brackets rustdoc would take for links.
            Self::Docs => execute(
                cargo()
                    .args(["doc", "--workspace", "--lib", "--no-deps"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
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

/// Takes the steps in order until one fails. Prints the title and the duration of each.
pub(crate) fn run(steps: &[Step]) -> Result<()> {
    for (index, step) in steps.iter().enumerate() {
        eprintln!("[{}/{}] {}", index + 1, steps.len(), step.title());

        let began = Instant::now();
        step.execute()?;

        if began.elapsed() > NOTICEABLE {
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

/// Runs the benchmark. Its options may follow a `--`, as cargo's own do.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    execute(
        Command::new(target_dir().join("release/purser-bench"))
            .args(args)
            .current_dir(root()),
    )
}

fn compiler() -> Result<Toolchain> {
    Ok(toolchain(&root())?)
}

fn connectors() -> Result<()> {
    let compiler = compiler()?;
    for folder in CONNECTORS.map(Path::new) {
        let name = folder.file_name().unwrap_or_default().display();
        // Always in the checkout, even if cargo's own results go elsewhere: the binary's build
        // script and the tests look for them there.
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
