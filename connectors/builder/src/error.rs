//! Errors of a build.

use crate::target::TARGET;
use purser_model::{Blame, Blamed, NextStep};
use std::io;
use std::path::PathBuf;

/// The reason why a connector was not built. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The directory does not contain a connector crate.
    #[error("{} is not a connector crate: {why}", dir.display())]
    NotAConnector {
        /// The directory.
        dir: PathBuf,
        /// The missing part.
        why: String,
    },
    /// A required program does not start.
    #[error("{program} could not be started: {source}")]
    Start {
        /// Name of the program.
        program: String,
        /// The cause.
        source: io::Error,
    },
    /// Neither the installed compiler nor any other source supports the target.
    #[error(
        "this machine has no Rust compiler for {TARGET}, and none could be installed; the reasons are above"
    )]
    NoTarget,
    /// Cargo could not read the crate's manifest or find its dependencies.
    #[error("cargo cannot read the crate in {}: {message}", dir.display())]
    Manifest {
        /// The crate's directory.
        dir: PathBuf,
        /// The message of cargo.
        message: String,
    },
    /// The crate does not compile.
    #[error("the crate in {} did not compile; the compiler's messages are above", dir.display())]
    Compile {
        /// The crate's directory.
        dir: PathBuf,
    },
    /// Cargo succeeded without a module.
    #[error("cargo built {package} without a WebAssembly module")]
    NoModule {
        /// Name of the package.
        package: String,
    },
    /// The bytes are not a core module.
    #[error("this is not a WebAssembly core module: {0}")]
    NotAModule(String),
    /// The module does not declare the interface that it implements.
    #[error(
        "the module does not declare its interface, so it was not built with the connector SDK"
    )]
    NoInterface,
    /// The crate has no `purser_sdk::export!`.
    #[error("the crate exports no connector: purser_sdk::export!(…) is missing")]
    NoConnector,
    /// The module does not match the interface that it declares.
    #[error("the module does not match the connector interface: {0}")]
    InterfaceMismatch(String),
    /// A file could not be read.
    #[error("{} could not be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Blamed for BuildError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotAConnector { .. } | Self::Start { .. } => Blame::Operator,
            Self::Manifest { .. }
            | Self::Compile { .. }
            | Self::NotAModule(_)
            | Self::NoInterface
            | Self::NoConnector
            | Self::InterfaceMismatch(_) => Blame::Guest,
            Self::NoTarget | Self::NoModule { .. } | Self::Read { .. } | Self::Write { .. } => {
                Blame::Host
            }
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::NotAConnector { .. } => {
                "name the directory of a connector's Cargo.toml, whose [lib] has crate-type = [\"cdylib\"]".into()
            }
            Self::Start { program, .. } => format!("install Rust with rustup, so that {program} is on PATH"),
            Self::NoTarget => format!("run `rustup target add {TARGET}` and build again"),
            Self::Manifest { .. } | Self::Compile { .. } => "fix the crate and build again".into(),
            Self::NoInterface => {
                "depend on purser-sdk, and export the connector with purser_sdk::export!(…)".into()
            }
            Self::NoConnector => {
                "write purser_sdk::export!(NAME) beside the connector, with the name of its type".into()
            }
            Self::NotAModule(_) => format!("build a library for {TARGET} with crate-type = [\"cdylib\"]"),
            Self::InterfaceMismatch(_) => "use one version of purser-sdk, and import only what it offers".into(),
            Self::Write { .. } => "choose a writable path, and check the free space".into(),
            Self::NoModule { .. } | Self::Read { .. } => return None,
        };
        Some(NextStep::from(text))
    }
}
