//! How wasmtime is set up: one engine a process, and the thread that moves its clock.

use crate::bindings;
use crate::compiler::{Compiler, MachineCode};
use crate::connector::Connector;
use crate::error::SandboxError;
use crate::host::Host;
use crate::limits;
use std::hash::{Hash as _, Hasher as _};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{
    Config, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails, WasmFeatures,
};

/// How often the engine's epoch moves: the longest that a guest computes before it gives the processor back.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Calls that can be under way at once; the next one waits. Each reserves 4 GiB of address space for each memory it may have, and uses as
/// much of it as its limits allow.
const SLOTS: u32 = 64;

/// How much of a table is cleared by writing over it, and stays. A connector's tables are a few kilobytes, which is quicker than to give the
/// pages back and fault them in again: that interrupts the other processors, too.
const TABLE_BYTES_KEPT: usize = 64 << 10;

/// Makes components runnable. A process needs one; it is cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    engine: Engine,
    linker: Arc<Linker<Host>>,
    slots: Arc<Semaphore>,
}

impl Sandbox {
    /// Sets up the engine and starts its clock, a thread that ends with the last clone and the last [`Connector`].
    ///
    /// # Errors
    /// When the machine refuses the address space or the thread.
    pub fn new() -> Result<Self, SandboxError> {
        let refused = |error: wasmtime::Error| SandboxError::Engine(format!("{error:#}"));
        let engine = Engine::new(&config()).map_err(refused)?;
        let mut linker = Linker::new(&engine);
        bindings::Connector::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host)
            .map_err(refused)?;
        let clock = engine.weak();
        let thread = std::thread::Builder::new().name("purser-epoch".into());
        thread
            .spawn(move || run_clock(&clock))
            .map_err(|error| SandboxError::Engine(error.to_string()))?;
        Ok(Self {
            engine,
            linker: Arc::new(linker),
            slots: Arc::new(Semaphore::new(SLOTS as usize)),
        })
    }

    /// Inspects a component's bytes and compiles them in this process. Blocks: it takes about 100 ms for a connector of 200 KB.
    ///
    /// # Errors
    /// When the bytes are no connector that this host can run; each reason is a case of its own.
    pub fn compile(&self, bytes: &[u8]) -> Result<Connector, SandboxError> {
        self.load(bytes, &Compiler::Here.compile(bytes)?)
    }

    /// Makes a connector of a component's bytes and the machine code they were compiled to.
    ///
    /// # Errors
    /// When an instance would need more tables or memories than any may have, or the component's interface is not a connector's.
    pub fn load(&self, bytes: &[u8], code: &MachineCode) -> Result<Connector, SandboxError> {
        // SAFETY: what is loaded is run. `MachineCode` is what this program's own compiler gave, as its constructors promise.
        #[allow(
            unsafe_code,
            reason = "the only way to run what was compiled in another process"
        )]
        let component = unsafe { Component::deserialize(&self.engine, code.as_bytes()) };
        // It is of this engine, whose fingerprint it is kept under: what is refused here is larger than any instance may be.
        let refused = |error: wasmtime::Error| {
            SandboxError::Compile(crate::text::plain(&format!("{error:#}"), 1000))
        };
        let component = component.map_err(refused)?;
        Connector::link(bytes, &component, &self.linker, Arc::clone(&self.slots))
    }

    /// What machine code depends on beside the component: the version of wasmtime, its settings, and this machine's processor.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // The hash need not resist anybody: it only tells apart what this program itself made.
        let mut hasher = std::hash::DefaultHasher::new();
        self.engine
            .precompile_compatibility_hash()
            .hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// Moves the epoch for as long as somebody holds the engine.
fn run_clock(clock: &EngineWeak) {
    loop {
        std::thread::sleep(TICK);
        match clock.upgrade() {
            Some(engine) => engine.increment_epoch(),
            None => break,
        }
    }
}

/// For running.
fn config() -> Config {
    let mut config = code_config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

/// For compiling: all that machine code depends on, and no room for instances.
pub(crate) fn code_config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // A guest's own debug sections are input like any other; nothing here reads them.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(NonZeroUsize::new(16));
    // What compilers for connectors use is bulk memory, multiple values, reference types, and async components with callbacks. Each
    // proposal beyond is compiler and runtime code that only a hostile guest would reach.
    config
        .wasm_tail_call(false)
        .wasm_relaxed_simd(false)
        .wasm_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_extended_const(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .wasm_component_model_async_stackful(false)
        .wasm_component_model_more_async_builtins(false)
        .wasm_component_model_threading(false)
        .wasm_component_model_error_context(false)
        .wasm_component_model_gc(false)
        .wasm_component_model_map(false)
        .wasm_component_model_memory64(false)
        .wasm_component_model_fixed_length_lists(false)
        // On by default, and without a method of its own when wasmtime is built without garbage collection.
        .wasm_features(WasmFeatures::FUNCTION_REFERENCES, false);
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(SLOTS)
        .total_core_instances(SLOTS * limits::INSTANCES)
        .total_memories(SLOTS * limits::MEMORIES)
        .total_tables(SLOTS * limits::TABLES)
        // A call can need a second stack while a suspended task of its holds the first.
        .total_stacks(SLOTS * 2)
        .max_core_instances_per_component(limits::INSTANCES)
        .max_memories_per_component(limits::MEMORIES)
        .max_tables_per_component(limits::TABLES)
        .max_tables_per_module(limits::TABLES)
        .table_elements(limits::TABLE_ELEMENTS)
        .table_keep_resident(TABLE_BYTES_KEPT)
        .max_memory_size(limits::MEMORY_CEILING);
    // Of memories nothing is kept from one call to the next: clearing it from its beginning takes longer than faulting in the few pages that
    // a connector touches. To have the kernel say which these are (`pagemap_scan`) would be faster, but overlooks pages that were swapped out:
    // the next call would find what this one left there.
    pool
}
