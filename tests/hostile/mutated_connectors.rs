//! Random changes of our own connectors: in their code by wasm-mutate, which keeps a module valid,
//! and byte by byte, which does not.
//!
//! By default a few rounds with a fixed seed; with `PURSER_FUZZ_SECONDS` as many as fit.

use crate::attack::{check_text, failed, lock_process, refused, with_deadline};
use crate::bomb_builders::leb;
use crate::fake_host::{FakeHost, honest, sandbox, users};
use crate::process::{self, PeakMemory};
use purser_model::Limits;
use purser_tests::connector;
use std::ops::Range;
use std::time::{Duration, Instant};
use wasm_mutate::WasmMutate;
use wasmparser::{Parser, Payload};

/// Upper limits of an upload and one read.
const DEADLINE: Duration = Duration::from_secs(60);
const MAX_GROWTH_MIB: u64 = 600;

/// Runs a round repeatedly: a few times, or for a third of `PURSER_FUZZ_SECONDS`, which three tests
/// share.
pub(crate) fn rounds(default_rounds: u64, mut round: impl FnMut(u64)) {
    let seconds = std::env::var("PURSER_FUZZ_SECONDS")
        .ok()
        .map(|text| text.parse::<u64>().unwrap());
    let begin = Instant::now();
    let go_on = |number: u64| match seconds {
        Some(seconds) => begin.elapsed() < Duration::from_secs(seconds) / 3,
        None => number < default_rounds,
    };
    (0..)
        .take_while(|number| go_on(*number))
        .for_each(&mut round);
}

/// Uploads arbitrary bytes and reads with them. Asserts an end with a result or a classified error.
pub(crate) fn assert_harmless(name: &str, make: impl FnOnce() -> Option<Vec<u8>>) {
    let _turn = lock_process();
    let Some(bytes) = make() else { return };
    honest();

    let panics = process::panics();
    let peak = PeakMemory::begin();
    let copy = bytes.clone();
    let outcome = with_deadline(DEADLINE, async move {
        let connector = match tokio::task::spawn_blocking(move || sandbox().compile(&bytes))
            .await
            .unwrap()
        {
            Ok(connector) => connector,
            Err(error) => return Some(refused(&error)),
        };
        if let Err(error) = connector.describe().await {
            return Some(refused(&error));
        }

        let limits = Limits {
            cpu_ms: 300,
            wall_ms: 5_000,
            ..Limits::default()
        };

        connector
            .read(FakeHost::responding_ok().call(limits), users())
            .await
            .err()
            .map(|error| failed(&error))
    });
    if std::env::var_os("PURSER_HOSTILE_SHOW").is_some() {
        println!("  {name}: {outcome:?}");
    }

    let text = match &outcome {
        Ok(outcome) => outcome
            .as_ref()
            .and_then(|outcome| check_text(&outcome.text)),
        Err(why) => Some(why.clone()),
    };

    let host = outcome
        .ok()
        .flatten()
        .is_some_and(|outcome| outcome.blame == "host");
    if text.is_some() || host || process::panics() > panics || peak.growth() > MAX_GROWTH_MIB {
        let kept = std::env::temp_dir().join("purser-hostile.wasm");
        std::fs::write(&kept, copy).unwrap();
        panic!(
            "{name}: {text:?}, host: {host}, {} MiB; the component is at {}",
            peak.growth(),
            kept.display()
        );
    }

    let call = FakeHost::responding_ok().call(Limits::default());
    with_deadline(DEADLINE, honest().read(call, users()))
        .unwrap()
        .unwrap();
}

/// Returns the core modules of a component as byte ranges, and the offsets of their sections.
pub(crate) fn modules(component: &[u8]) -> (Vec<Range<usize>>, Vec<usize>) {
    let mut modules = Vec::new();
    let mut sections = Vec::new();
    let mut parser = Parser::new(0);

    let mut at = 0;
    while at < component.len() {
        let wasmparser::Chunk::Parsed { consumed, payload } =
            parser.parse(&component[at..], true).unwrap()
        else {
            break;
        };
        let begin = at;
        at += consumed;

        match payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                let length = usize::try_from(unchecked_range.end - unchecked_range.start).unwrap();
                modules.push(at..at + length);
                sections.push(begin);
                at += length;
            }
            Payload::ComponentSection {
                unchecked_range, ..
            } => {
                at += usize::try_from(unchecked_range.end - unchecked_range.start).unwrap();
            }
            Payload::End(_) => break,
            _ => {}
        }
    }

    (modules, sections)
}

/// Replaces the largest core module of a component.
fn replace_largest_module(
    component: &[u8],
    change: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let (modules, sections) = modules(component);
    let (module, section) = modules
        .into_iter()
        .zip(sections)
        .max_by_key(|(module, _)| module.len())?;
    let changed = change(&component[module.clone()])?;

    Some(
        [
            &component[..section],
            &[1],
            &leb(changed.len()),
            &changed,
            &component[module.end..],
        ]
        .concat(),
    )
}

/// Returns our built connectors.
fn our_connectors() -> Vec<Vec<u8>> {
    ["sample", "jupyterhub", "scim"]
        .map(|folder| std::fs::read(connector(folder)).unwrap())
        .to_vec()
}

/// Changes one place of a module, which remains valid. `None` if no seed leads to a change.
fn mutate_code(module: &[u8], seed: u64) -> Option<Vec<u8>> {
    (seed * 100..seed * 100 + 20).find_map(|seed| {
        let mut mutated_connectors = WasmMutate::default();
        mutated_connectors
            .seed(seed)
            .fuel(300)
            .preserve_semantics(false);
        let changed = mutated_connectors.run(module).ok()?.next()?;
        changed.ok()
    })
}

#[test]
fn connectors_with_mutated_code_do_no_harm() {
    let our_connectors = our_connectors();
    rounds(10, |round| {
        let original = &our_connectors[usize::try_from(round).unwrap() % our_connectors.len()];

        // Several changes, one after the other.
        let change = |module: &[u8]| {
            (0..4).try_fold(module.to_vec(), |module, step| {
                mutate_code(&module, round * 4 + step)
            })
        };
        assert_harmless(&format!("other code {round}"), || {
            replace_largest_module(original, change)
        });
    });
}

#[test]
fn connectors_with_mutated_bytes_do_no_harm() {
    let our_connectors = our_connectors();
    let mut random = fastrand::Rng::with_seed(11);
    rounds(30, |round| {
        let mut changed = our_connectors[random.usize(..our_connectors.len())].clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..changed.len());

            match random.u8(..10) {
                0..4 => changed[at] = random.u8(..),
                4..8 => changed[at] ^= 1 << random.u8(..8),
                8 => drop(changed.drain(at..(at + random.usize(1..9)).min(changed.len()))),
                _ => drop(changed.splice(
                    at..at,
                    std::iter::repeat_n(random.u8(..), random.usize(1..9)),
                )),
            }
        }

        assert_harmless(&format!("other bytes {round}"), || Some(changed));
    });
}
