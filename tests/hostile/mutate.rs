//! Our own connectors, changed at random: in their code by wasm-mutate, which keeps a module valid, and byte by byte, which does not.
//!
//! A few rounds always, from the same seed; as many as fit into `PURSER_FUZZ_SECONDS` where that is set.

use crate::attack::{check_text, failed, refused, turn, within};
use crate::bombs::leb;
use crate::process::{self, Peak};
use crate::world::{World, honest, sandbox, users};
use purser_model::Limits;
use purser_tests::connector;
use std::ops::Range;
use std::time::{Duration, Instant};
use wasm_mutate::WasmMutate;
use wasmparser::{Parser, Payload};

/// What any upload and one read may take, however it was changed.
const PATIENCE: Duration = Duration::from_secs(60);
const MOST_MEMORY: u64 = 600;

/// Does something so often, or for so long as is asked for; a third of that, as there are three who ask.
pub(crate) fn rounds(few: u64, mut round: impl FnMut(u64)) {
    let seconds = std::env::var("PURSER_FUZZ_SECONDS")
        .ok()
        .map(|text| text.parse::<u64>().unwrap());
    let begin = Instant::now();
    let go_on = |number: u64| match seconds {
        Some(seconds) => begin.elapsed() < Duration::from_secs(seconds) / 3,
        None => number < few,
    };
    (0..)
        .take_while(|number| go_on(*number))
        .for_each(&mut round);
}

/// Uploads what may be anything, and reads with it. It must come to an end with an answer or an error that has a class.
pub(crate) fn survive(name: &str, make: impl FnOnce() -> Option<Vec<u8>>) {
    let _turn = turn();
    let Some(bytes) = make() else { return };
    honest();
    let (panics, peak, copy) = (process::panics(), Peak::begin(), bytes.clone());
    let outcome = within(PATIENCE, async move {
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
            .read(World::fine().call(limits), users())
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
    if text.is_some() || host || process::panics() > panics || peak.growth() > MOST_MEMORY {
        let kept = std::env::temp_dir().join("purser-hostile.wasm");
        std::fs::write(&kept, copy).unwrap();
        panic!(
            "{name}: {text:?}, host: {host}, {} MiB; the component is at {}",
            peak.growth(),
            kept.display()
        );
    }
    let call = World::fine().call(Limits::default());
    within(PATIENCE, honest().read(call, users()))
        .unwrap()
        .unwrap();
}

/// The core modules of a component: each with its place, and where the section that it is begins.
pub(crate) fn modules(component: &[u8]) -> (Vec<Range<usize>>, Vec<usize>) {
    let (mut modules, mut sections) = (Vec::new(), Vec::new());
    let (mut parser, mut at) = (Parser::new(0), 0);
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

/// The component with another module in the place of its largest one.
fn with_largest(
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

/// The connectors that are built, as far as they are.
fn ours() -> Vec<Vec<u8>> {
    ["sample", "jupyterhub", "scim"]
        .map(|folder| std::fs::read(connector(folder)).unwrap())
        .to_vec()
}

/// The module, changed in one place. It stays valid. Not every seed leads to a change.
fn with_other_code(module: &[u8], seed: u64) -> Option<Vec<u8>> {
    (seed * 100..seed * 100 + 20).find_map(|seed| {
        let mut mutate = WasmMutate::default();
        mutate.seed(seed).fuel(300).preserve_semantics(false);
        let changed = mutate.run(module).ok()?.next()?;
        changed.ok()
    })
}

#[test]
fn our_connectors_with_other_code_break_nothing() {
    let ours = ours();
    rounds(10, |round| {
        let original = &ours[usize::try_from(round).unwrap() % ours.len()];
        // Several changes, one on the other.
        let change = |module: &[u8]| {
            (0..4).try_fold(module.to_vec(), |module, step| {
                with_other_code(&module, round * 4 + step)
            })
        };
        survive(&format!("other code {round}"), || {
            with_largest(original, change)
        });
    });
}

#[test]
fn our_connectors_with_other_bytes_break_nothing() {
    let ours = ours();
    let mut random = fastrand::Rng::with_seed(11);
    rounds(30, |round| {
        let mut changed = ours[random.usize(..ours.len())].clone();
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
        survive(&format!("other bytes {round}"), || Some(changed));
    });
}
