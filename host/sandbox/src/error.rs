//! Why bytes do not become a connector.

use crate::explain;
use crate::outcome::CallError;
use crate::{WIT_VERSION, inspect};
use purser_model::{Blame, Blamed, NextStep};

/// Why the engine did not start, or why bytes are no connector that it can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The WebAssembly engine did not start.
    #[error("the WebAssembly engine could not be started: {0}")]
    Engine(String),
    /// The file is too large.
    #[error("the file has {bytes} bytes; a connector can have {max}", max = inspect::MAX_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Something else altogether.
    #[error("this is not WebAssembly{}", if *empty { ": the file is empty" } else { "" })]
    NotWasm {
        /// Whether there is nothing at all.
        empty: bool,
    },
    /// It begins well, and ends too early.
    #[error("the file is cut off after {bytes} bytes")]
    Truncated {
        /// How much of it there is.
        bytes: usize,
    },
    /// WebAssembly, but a core module.
    #[error("this is a core WebAssembly module, not a component")]
    CoreModule,
    /// Machine code that wasmtime compiled earlier.
    #[error(
        "this is machine code compiled by wasmtime (.cwasm), not a component; Purser runs only what it compiled itself"
    )]
    Precompiled,
    /// It breaks the rules of the format.
    #[error("this is not a valid component: {0}")]
    Malformed(String),
    /// It wants what this host does not have.
    #[error("the component imports {}, which no connector has", names.join(", "))]
    UnknownImports {
        /// What it wants.
        names: Vec<String>,
    },
    /// It was made for another version of the interface.
    #[error("the component is made for purser:connector@{wanted}; this host offers {WIT_VERSION}")]
    OtherVersion {
        /// The version it was made for.
        wanted: String,
    },
    /// It is a component, but no connector.
    #[error("the component is no connector: it does not export {export}")]
    MissingExport {
        /// What a connector exports.
        export: String,
    },
    /// It would take too long to compile.
    #[error("the component is too much for the compiler: {found} {what}, where there can be {max}")]
    TooComplex {
        /// Of what there is too much.
        what: &'static str,
        /// How much there is; it was counted no further.
        found: u64,
        /// How much there can be.
        max: u64,
    },
    /// It does not compile.
    #[error("the component does not compile: {0}")]
    Compile(String),
    /// Compiling took more than it may.
    #[error("compiling the component takes more than {limit}, and was ended")]
    CompileLimit {
        /// What it may take.
        limit: String,
    },
    /// Names are right and types are not.
    #[error("the component's interface is not that of purser:connector@{WIT_VERSION}: {0}")]
    Incompatible(String),
    /// It did not describe itself.
    #[error("the connector does not describe itself: {0}")]
    Describe(#[source] CallError),
    /// It describes itself wrongly.
    #[error("the connector's description is not acceptable: {0}")]
    Description(String),
}

impl SandboxError {
    pub(crate) fn incompatible(error: &wasmtime::Error) -> Self {
        Self::Incompatible(explain::in_one_line(error))
    }
}

impl Blamed for SandboxError {
    fn blame(&self) -> Blame {
        match self {
            Self::Engine(_) => Blame::Host,
            Self::TooLarge { .. }
            | Self::NotWasm { .. }
            | Self::Truncated { .. }
            | Self::CoreModule
            | Self::Precompiled => Blame::Operator,
            Self::Describe(error) => error.blame(),
            _ => Blame::Guest,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let step = match self {
            Self::Engine(_) => {
                "see that the machine allows some terabytes of address space (ulimit -v unlimited)"
            }
            Self::TooLarge { .. } => {
                "build the connector in release mode, without debug information"
            }
            Self::NotWasm { .. } => "give the .wasm file that `purser connector build` wrote",
            Self::Truncated { .. } => "get the file again: the download or copy did not finish",
            Self::CoreModule => "make a component of it with `purser connector build`",
            Self::Precompiled => "give the .wasm file it was compiled from",
            Self::UnknownImports { names }
                if names.iter().any(|name| name.starts_with("wasi:")) =>
            {
                "build it for the target wasm32-unknown-unknown: a connector has no WASI, only purser:connector/http and log"
            }
            Self::UnknownImports { .. } => {
                "build the connector without these imports: it has purser:connector/http and log"
            }
            Self::OtherVersion { wanted } if newer(wanted) => {
                "use a newer Purser, or a version of the connector made for this one"
            }
            Self::OtherVersion { .. } => {
                "rebuild the connector with the SDK of this version of Purser"
            }
            Self::MissingExport { .. } => {
                "implement the world purser:connector/connector, best with the SDK"
            }
            Self::CompileLimit { .. } => {
                "do not use it: no honest connector needs so much; tell its publisher, or take it for an attack"
            }
            Self::TooComplex { .. } => {
                "build the connector in release mode, and divide what is generated (tables, large matches)"
            }
            Self::Malformed(_) | Self::Compile(_) | Self::Incompatible(_) => {
                "rebuild the connector with the SDK of this version of Purser"
            }
            Self::Describe(error) => return error.next_step(),
            Self::Description(_) => "correct the connector's description",
        };
        Some(NextStep::from(step))
    }
}

fn newer(wanted: &str) -> bool {
    let versions = (
        wanted.parse::<semver::Version>(),
        WIT_VERSION.parse::<semver::Version>(),
    );
    matches!(versions, (Ok(wanted), Ok(offered)) if wanted > offered)
}
