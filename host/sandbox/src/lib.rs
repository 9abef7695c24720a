//! Runs connectors: WebAssembly components that anybody may have written. The only crate that uses wasmtime.
//!
//! What holds, whatever a connector does:
//!
//! * It reaches the world through two imports, `http` and `log`, and both go through a trait that the caller implements ([`Outbound`],
//!   [`RunLog`]). There is no WASI, no clock, no randomness, no file. `describe` reaches nothing at all.
//! * Every call has a fresh instance and a fresh store ([`Connector`]); nothing survives it but the answer. The store of a call that failed
//!   in any way is dropped.
//! * Every call ends: by its answer, by a trap, by a limit of its grant, or by the clock. While it computes it gives the processor back
//!   every few milliseconds, so that the calls beside it go on.
//! * What it answers is checked before anybody else sees it, and every failure says whose fault it is ([`CallError`], [`SandboxError`]).
//!
//! | file | one concept |
//! |---|---|
//! | `engine` | how wasmtime is set up, and the thread that moves its clock |
//! | `inspect` | what uploaded bytes are, before anything is compiled |
//! | `shape` | whether compiling them takes time in proportion to their size |
//! | `compiler` | the process of its own that compiles, and how it is limited |
//! | `connector` | a compiled component and its four calls |
//! | `request` | what the calls take and give |
//! | `call` | one call: store, instance, deadline, answer |
//! | `host` | the imports as a guest meets them |
//! | `body` | a body that a guest reads piece by piece |
//! | `budget`, `limits` | what a call has used up: host calls, bytes, lines; memory and tables |
//! | `bindings`, `convert` | the WIT package as Rust types, and the way from there to the model |
//! | `explain`, `evidence` | why a call ended, from what is known |
//! | `outcome`, `error` | how a call fails, and how an upload does |

mod bindings;
mod body;
mod budget;
mod call;
mod compiler;
mod connector;
mod convert;
mod engine;
mod error;
mod evidence;
mod explain;
mod host;
mod inspect;
mod limits;
mod outcome;
mod request;
mod shape;
mod text;

pub use compiler::{COMPLAINT, Compiler, MachineCode, compile_as_child};
pub use connector::Connector;
pub use engine::Sandbox;
pub use error::SandboxError;
pub use inspect::WIT_VERSION;
pub use outcome::{CallError, Spent};
pub use request::{
    Call, Capability, CheckReport, Incoming, Level, Outbound, ReadRequest, ReclaimOutcome,
    ReclaimRequest, RunLog,
};
