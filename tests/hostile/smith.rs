//! Modules made of random numbers, instantiated within a connector: whatever they are, the sandbox says so and goes on.

use crate::bombs::leb;
use crate::mutate::{rounds, survive};
use crate::{guest, mutate};
use arbitrary::{Arbitrary, Unstructured};
use wasm_smith::{Config, ConfiguredModule};

/// Modules that need nothing from outside, so that they get as far as their start function.
#[derive(Debug, Default, Clone, Arbitrary)]
struct Closed;

impl Config for Closed {
    fn max_imports(&self) -> usize {
        0
    }

    fn max_memory_pages(&self) -> u32 {
        2_000
    }
}

/// A connector that instantiates this core module beside its own.
fn with_module(connector: &[u8], module: &[u8]) -> Vec<u8> {
    let (modules, _) = mutate::modules(connector);
    let instance = [vec![1, 0], leb(modules.len()), vec![0]].concat();
    let section =
        |id: u8, content: &[u8]| [vec![id], leb(content.len()), content.to_vec()].concat();
    [
        connector.to_vec(),
        section(1, module),
        section(2, &instance),
    ]
    .concat()
}

#[test]
fn modules_made_of_random_numbers_break_nothing() {
    let connector = guest::honest();
    let mut random = fastrand::Rng::with_seed(7);
    rounds(100, |round| {
        let mut numbers = vec![0; random.usize(64..8_192)];
        random.fill(&mut numbers);
        survive(&format!("module {round}"), || {
            let mut module =
                ConfiguredModule::<Closed>::arbitrary(&mut Unstructured::new(&numbers)).ok()?;
            module.ensure_termination(100_000);
            Some(with_module(&connector, &module.to_bytes()))
        });
    });
}
