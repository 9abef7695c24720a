//! Runs connectors: WebAssembly components from any author. The only crate that uses wasmtime.
//!
//! Guarantees, for every connector:
//!
//! * A connector has two imports, `http` and `log`. Both go through traits that the caller
//!   implements ([`Outbound`], [`RunLog`]). There is no WASI, clock, randomness or file access.
//!   `describe` may call no import.
//! * Every call gets a fresh instance in a fresh store ([`Connector`]). The store is dropped after
//!   the call, so no state survives but the result.
//! * Every call ends: with a result, a trap, a limit of its grant, or the clock. While it computes,
//!   it yields the processor every few milliseconds, so that other calls progress.
//! * Results are validated before the caller sees them, and every failure names whose fault it is
//!   ([`CallError`], [`SandboxError`]).
//!
//! | file | concept |
//! |---|---|
//! | `engine`, `config`, `epoch` | the wasmtime engine, its settings, and the thread that advances its epoch |
//! | `inspect`, `wit` | checks of uploaded bytes before compilation; the names of the WIT package |
//! | `complexity` | limits that keep compile time proportional to size |
//! | `compile` | the compiler, in a child process with limits |
//! | `connector` | a compiled component and its four functions |
//! | `request` | arguments and results of these functions |
//! | `call` | one call: store, instance, deadline, result |
//! | `call_state`, `imports` | the host's state of a call, and the imports that the guest calls |
//! | `body` | a response body that a guest reads in chunks |
//! | `budget`, `limits` | use of the grant: host calls, bytes, lines; memory and tables |
//! | `bindings`, `convert` | the WIT package as Rust types, and their conversion to the model |
//! | `interrupt`, `trap`, `host_refusal` | reasons why the host ends a call, and the cause of a trap |
//! | `outcome`, `error`, `next_step` | errors of a call and of an upload, and what to do about them |

mod bindings;
mod body;
mod budget;
mod call;
mod call_state;
mod compile;
mod complexity;
mod config;
mod connector;
mod convert;
mod engine;
mod epoch;
mod error;
mod host_refusal;
mod imports;
mod inspect;
mod interrupt;
mod limits;
mod next_step;
mod outcome;
mod request;
mod text;
mod trap;
mod wit;

pub use compile::{Compiler, EXIT_INVALID_COMPONENT, MachineCode, compile_as_child};
pub use connector::Connector;
pub use engine::Sandbox;
pub use error::SandboxError;
pub use outcome::{CallError, TimeSpent};
pub use request::{
    Call, Capability, CheckReport, IncomingResponse, Level, Outbound, ReadRequest, ReclaimOutcome,
    ReclaimRequest, RunLog,
};
pub use wit::WIT_VERSION;
