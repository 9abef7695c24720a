//! What can go wrong while a connector is built.

use crate::TARGET;
use purser_model::{Blame, Blamed, NextStep};
use std::io;
use std::path::PathBuf;

/// Why a connector was not built. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The directory holds no connector crate.
    #[error("{} is no connector crate: {why}", dir.display())]
    NotAConnector {
        /// The directory.
        dir: PathBuf,
        /// What is missing.
        why: String,
    },
    /// A program that is needed does not start.
    #[error("{program} could not be started: {source}")]
    Start {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Neither the installed compiler nor any other way gives a compiler for the target.
    #[error(
        "there is no Rust compiler for {TARGET} on this machine, and none could be had; the reasons are above"
    )]
    NoTarget,
    /// Cargo could not read the crate's manifest or find its dependencies.
    #[error("cargo cannot read the crate in {}: {message}", dir.display())]
    Manifest {
        /// The crate's directory.
        dir: PathBuf,
        /// Cargo's words.
        message: String,
    },
    /// The crate does not compile.
    #[error("the crate in {} did not compile; the compiler's messages are above", dir.display())]
    Compile {
        /// The crate's directory.
        dir: PathBuf,
    },
    /// Cargo succeeded and named no module.
    #[error("cargo built {package} and named no WebAssembly module among its results")]
    NoModule {
        /// The package.
        package: String,
    },
    /// The bytes are not a core module.
    #[error("this is no WebAssembly core module: {0}")]
    NotAModule(String),
    /// The module does not say which interface it implements.
    #[error(
        "the module does not say which interface it implements, so it was not made with the connector SDK"
    )]
    NoInterface,
    /// The module does not keep to the interface it claims.
    #[error("the module does not fit the connector interface: {0}")]
    Unfit(String),
    /// A file could not be read.
    #[error("{} could not be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
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
            | Self::Unfit(_) => Blame::Guest,
            Self::NoTarget | Self::NoModule { .. } | Self::Read { .. } | Self::Write { .. } => {
                Blame::Host
            }
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::NotAConnector { .. } => {
                "Name the directory of a connector's Cargo.toml, whose [lib] has crate-type = [\"cdylib\"].".into()
            }
            Self::Start { program, .. } => format!("Install Rust with rustup, so that {program} is on PATH."),
            Self::NoTarget => format!("Run `rustup target add {TARGET}` and build again."),
            Self::Manifest { .. } | Self::Compile { .. } => "Mend the crate and build again.".into(),
            Self::NoInterface => "Depend on purser-sdk and export the connector with its macro.".into(),
            Self::NotAModule(_) => format!("Build a library for {TARGET} with crate-type = [\"cdylib\"]."),
            Self::Unfit(_) => "Use one version of purser-sdk, and import nothing but what it offers.".into(),
            Self::Write { .. } => "Choose a place that can be written, and check the space left.".into(),
            Self::NoModule { .. } | Self::Read { .. } => return None,
        };
        Some(NextStep::from(text))
    }
}
