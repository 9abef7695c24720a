//! Settings of the wasmtime engine, for running and for compiling.

use crate::limits;
use std::num::NonZeroUsize;
use wasmtime::{
    Config, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails, WasmFeatures,
};

/// Maximum number of concurrent calls; further calls wait.
///
/// Each reserves 4 GiB of address space per memory, and uses as much of it as its limits allow.
pub(crate) const MAX_CONCURRENT_CALLS: u32 = 64;

/// Bytes of a table that are cleared by overwriting and stay resident.
///
/// A connector's tables have a few kilobytes. Overwriting them is faster than returning the pages
/// and faulting them in again, which also interrupts the other processors.
const TABLE_BYTES_KEPT: usize = 64 << 10;

/// Returns the settings for running.
pub(crate) fn run_config() -> Config {
    let mut config = compile_config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

/// Returns the settings for compiling: all that machine code depends on, without room for
/// instances.
pub(crate) fn compile_config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Debug sections of a guest are untrusted input, and nothing here reads them.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(NonZeroUsize::new(16));

    // Compilers for connectors use bulk memory, multiple values, reference types, and async
    // components with callbacks. Code for further proposals would be reached only by hostile
    // guests.
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
        // On by default, and without a method when wasmtime is built without garbage collection.
        .wasm_features(WasmFeatures::FUNCTION_REFERENCES, false);
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(MAX_CONCURRENT_CALLS)
        .total_core_instances(MAX_CONCURRENT_CALLS * limits::INSTANCES)
        .total_memories(MAX_CONCURRENT_CALLS * limits::MEMORIES)
        .total_tables(MAX_CONCURRENT_CALLS * limits::TABLES)
        // A call can need a second stack while a suspended task of the same call holds the first.
        .total_stacks(MAX_CONCURRENT_CALLS * 2)
        .max_core_instances_per_component(limits::INSTANCES)
        .max_memories_per_component(limits::MEMORIES)
        .max_tables_per_component(limits::TABLES)
        .max_tables_per_module(limits::TABLES)
        .table_elements(limits::TABLE_ELEMENTS)
        .table_keep_resident(TABLE_BYTES_KEPT)
        .max_memory_size(limits::MEMORY_CEILING);
    // No part of a memory stays resident between calls: clearing it takes longer than faulting in
    // the few pages that a connector touches. Asking the kernel for these pages (`pagemap_scan`)
    // would be faster, but it misses pages that were swapped out, and the next call would find
    // their old content.
    pool
}
