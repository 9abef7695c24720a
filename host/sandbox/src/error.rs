//! Errors of an upload: the reasons why bytes do not become a connector.

use crate::limits::MAX_COMPONENT_BYTES;
use crate::next_step;
use crate::outcome::CallError;
use crate::wit::WIT_VERSION;
use purser_model::{Blame, Blamed, NextStep};

/// The reason why the engine did not start, or why it cannot run these bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The WebAssembly engine did not start.
    #[error("the WebAssembly engine could not be started: {0}")]
    Engine(String),
    /// The file is too large.
    #[error("the file has {bytes} bytes; a connector can have {MAX_COMPONENT_BYTES}")]
    TooLarge {
        /// Size of the file, in bytes.
        bytes: usize,
    },
    /// The file is not WebAssembly.
    #[error("this is not WebAssembly{}", if *empty { ": the file is empty" } else { "" })]
    NotWasm {
        /// True if the file is empty.
        empty: bool,
    },
    /// The file is WebAssembly, but ends too early.
    #[error("the file is cut off after {bytes} bytes")]
    Truncated {
        /// Size of the file, in bytes.
        bytes: usize,
    },
    /// The file is a core module, not a component.
    #[error("this is a core WebAssembly module, not a component")]
    CoreModule,
    /// The file is machine code that wasmtime compiled earlier.
    #[error(
        "this is machine code compiled by wasmtime (.cwasm), not a component; Purser runs only \
         what it compiled itself"
    )]
    Precompiled,
    /// The file breaks the rules of the component format.
    #[error("this is not a valid component: {0}")]
    Malformed(String),
    /// The component imports interfaces that this host does not offer.
    #[error("the component imports {}, which this host does not offer", names.join(", "))]
    UnknownImports {
        /// The first names, at most five.
        names: Vec<String>,
    },
    /// The component was built for another version of the WIT package.
    #[error(
        "the component was built for purser:connector@{required}; this host offers {WIT_VERSION}"
    )]
    OtherVersion {
        /// The version that it requires.
        required: String,
    },
    /// The component does not export what a connector must.
    #[error("the component is not a connector: it does not export {export}")]
    MissingExport {
        /// The missing export.
        export: String,
    },
    /// The component would take too long to compile.
    #[error("the component is too complex to compile: {found} {what}, the limit is {max}")]
    TooComplex {
        /// The structure that exceeds its limit, in the plural.
        what: &'static str,
        /// The number found when counting stopped.
        found: u64,
        /// The limit.
        max: u64,
    },
    /// The component does not compile.
    #[error("the component does not compile: {0}")]
    Compile(String),
    /// Compilation exceeded its limits.
    #[error("compiling the component takes more than {limit}; it was stopped")]
    CompileLimit {
        /// The limits, as text.
        limit: String,
    },
    /// Names are right and types differ: the component was built against another revision of the
    /// WIT package, or not against it at all.
    #[error(
        "the component was built against another revision of purser:connector@{WIT_VERSION} than \
         this host offers: {0}"
    )]
    Incompatible(String),
    /// The call of `describe` failed.
    #[error("the connector does not describe itself: {0}")]
    Describe(#[source] CallError),
    /// The description is not acceptable. The text names the field.
    #[error("the connector's description is not acceptable: {0}")]
    Description(String),
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
        let step: NextStep = match self {
            Self::Engine(_) => {
                "allow the process some terabytes of address space (ulimit -v unlimited)".into()
            }
            Self::TooLarge { .. } => {
                "build the connector in release mode, without debug information".into()
            }
            Self::Truncated { .. } => {
                "get the file again: the download or copy did not finish".into()
            }
            Self::NotWasm { .. } | Self::CoreModule => NextStep::BuildConnector,
            Self::Precompiled => "use the .wasm file that it was compiled from".into(),
            Self::UnknownImports { names } => unknown_imports_step(names),
            Self::OtherVersion { required } if is_newer(required) => {
                "use a newer Purser, or a version of the connector built for this one".into()
            }
            Self::MissingExport { .. } => {
                "implement the world purser:connector/connector, best with the SDK".into()
            }
            Self::CompileLimit { .. } => {
                "do not use it: a real connector never needs that much; tell its publisher, or \
                 treat it as an attack"
                    .into()
            }
            Self::TooComplex { .. } => "build the connector in release mode, and divide generated \
                                        code (tables, large matches)"
                .into(),
            Self::OtherVersion { .. }
            | Self::Malformed(_)
            | Self::Compile(_)
            | Self::Incompatible(_) => next_step::rebuild(),
            Self::Describe(error) => return error.next_step(),
            Self::Description(_) => "fix the connector's description".into(),
        };
        Some(step)
    }
}

fn unknown_imports_step(names: &[String]) -> NextStep {
    if names.iter().any(|name| name.starts_with("wasi:")) {
        "build it for the target wasm32-unknown-unknown: a connector has no WASI, only \
         purser:connector/http and log"
            .into()
    } else {
        "build the connector without these imports: it has purser:connector/http and log".into()
    }
}

fn is_newer(version: &str) -> bool {
    let required = version.parse::<semver::Version>();
    let offered = WIT_VERSION.parse::<semver::Version>();
    matches!((required, offered), (Ok(required), Ok(offered)) if required > offered)
}
