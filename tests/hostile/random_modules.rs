//! Random modules, instantiated within a connector: the sandbox runs or refuses each, and stays
//! intact.

use crate::bomb_builders::leb;
use crate::mutated_connectors::{assert_harmless, rounds};
use crate::{guest, mutated_connectors};
use arbitrary::{Arbitrary, Unstructured};
use wasm_smith::{Config, ConfiguredModule};

/// Modules without imports, so that their start function runs.
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

/// Adds a core module to a connector, and instantiates it.
fn with_module(connector: &[u8], module: &[u8]) -> Vec<u8> {
    let (modules, _) = mutated_connectors::modules(connector);
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
fn random_modules_do_no_harm() {
    let connector = guest::honest();
    let mut random = fastrand::Rng::with_seed(7);
    rounds(100, |round| {
        let mut numbers = vec![0; random.usize(64..8_192)];
        random.fill(&mut numbers);
        assert_harmless(&format!("module {round}"), || {
            let mut module =
                ConfiguredModule::<Closed>::arbitrary(&mut Unstructured::new(&numbers)).ok()?;
            module.ensure_termination(100_000);
            Some(with_module(&connector, &module.to_bytes()))
        });
    });
}
