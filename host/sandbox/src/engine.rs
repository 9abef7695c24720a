//! The engine that runs connectors: one per process.

use crate::bindings;
use crate::call_state::CallState;
use crate::compile::{Compiler, MachineCode};
use crate::config::{MAX_CONCURRENT_CALLS, run_config};
use crate::connector::Connector;
use crate::epoch;
use crate::error::SandboxError;
use crate::text::{self, MAX_ERROR};
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, Linker};

/// The engine that compiles and runs components. Cheap to clone; a process needs one.
#[derive(Clone)]
pub struct Sandbox {
    engine: Engine,
    linker: Arc<Linker<CallState>>,
    slots: Arc<Semaphore>,
}

impl Sandbox {
    /// Sets up the engine and starts its epoch thread, which ends with the last clone and the last
    /// [`Connector`].
    ///
    /// # Errors
    /// Fails if the machine refuses the address space or the thread.
    pub fn new() -> Result<Self, SandboxError> {
        let refused = |error: wasmtime::Error| SandboxError::Engine(format!("{error:#}"));
        let engine = Engine::new(&run_config()).map_err(refused)?;

        let mut linker = Linker::new(&engine);
        bindings::Connector::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)
            .map_err(refused)?;

        epoch::start(engine.weak()).map_err(|error| SandboxError::Engine(error.to_string()))?;
        Ok(Self {
            engine,
            linker: Arc::new(linker),
            slots: Arc::new(Semaphore::new(MAX_CONCURRENT_CALLS as usize)),
        })
    }

    /// Inspects a component and compiles it in this process. Blocks: it takes about 100 ms for a
    /// connector of 200 KB.
    ///
    /// # Errors
    /// Fails if the bytes are not a connector that this host can run; each reason has its own
    /// variant.
    pub fn compile(&self, bytes: &[u8]) -> Result<Connector, SandboxError> {
        let code = Compiler::InProcess.compile(bytes)?;
        self.load(bytes, &code)
    }

    /// Loads a connector from a component's bytes and the machine code compiled from them.
    ///
    /// # Errors
    /// Fails if an instance would need more tables or memories than allowed, or the component's
    /// interface is not that of a connector.
    pub fn load(&self, bytes: &[u8], code: &MachineCode) -> Result<Connector, SandboxError> {
        // SAFETY: the code will be executed. `MachineCode` holds what this program's own compiler
        // produced, as its constructors promise.
        #[allow(
            unsafe_code,
            reason = "the only way to run code that another process compiled"
        )]
        let component = unsafe { Component::deserialize(&self.engine, code.as_bytes()) };

        // The code is stored under this engine's fingerprint, so a refusal means that an instance
        // would exceed the pool's limits.
        let component =
            component.map_err(|error| SandboxError::Compile(text::one_line(&error, MAX_ERROR)))?;
        Connector::link(bytes, &component, &self.linker, Arc::clone(&self.slots))
    }

    /// Returns the fingerprint of everything that machine code depends on besides the component:
    /// the wasmtime version, its settings, and the processor.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // Not a cryptographic hash: it only distinguishes code that this program compiled itself.
        let mut hasher = std::hash::DefaultHasher::new();
        self.engine
            .precompile_compatibility_hash()
            .hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}
