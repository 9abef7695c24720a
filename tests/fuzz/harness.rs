//! The runner of all fuzz targets. It checks the seeds of a target, and then random mutations of
//! them (`mutate`).
//!
//! Coverage is not measured, because that would build every crate a second time. The verdict takes
//! its place: an input with a verdict of a new kind is kept and mutated further.
//!
//! | variable | meaning |
//! |---|---|
//! | `PURSER_FUZZ_SECONDS` | time for all targets together; without it each checks a fixed set of inputs |
//! | `PURSER_FUZZ_SEED` | seed of the random numbers; a failure prints it |
//!
//! A failing input is reduced and written to a file. As a new seed it is checked first from then
//! on.
//!
//! `host/egress` and `host/sandbox` include this file: their targets check private items, and host
//! crates do not depend on the tests.

#[path = "mutate.rs"]
mod mutate;

use fastrand::Rng;
use mutate::mutated;
use std::cell::Cell;
use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

/// Number of targets that share `PURSER_FUZZ_SECONDS`.
const TARGETS: u32 = 8;
/// Longest time for one input, on a busy machine.
const MAX_INPUT_TIME: Duration = Duration::from_secs(60);
/// Length limit of an input, in bytes.
const MAX_INPUT_BYTES: usize = 32 << 10;
/// Limit of inputs that are kept beside the seeds.
const MAX_KEPT: usize = 1_000;
/// Limit of attempts to reduce a failing input.
const MAX_REDUCTIONS: usize = 2_000;

/// Result of an input, in words. Comparisons of two results ignore numbers and quoted parts.
pub(crate) enum Verdict {
    /// The input is valid; a few words about its content.
    Accepted(String),
    /// The input was refused, for this reason.
    Refused(String),
}

impl Verdict {
    const fn is_good(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }
}

/// A function that accepts any bytes.
pub(crate) struct Target {
    /// Folder of the seeds. A file `good-…` must be accepted and a file `bad-…` refused; others may
    /// be either.
    pub(crate) name: &'static str,
    /// Number of inputs without a time limit.
    pub(crate) rounds: u64,
    /// Words of the input's language.
    pub(crate) words: &'static [&'static str],
    /// Converts a seed file to an input.
    pub(crate) read: fn(Vec<u8>) -> Vec<u8>,
    /// Checks an input. Panics if a property does not hold.
    pub(crate) check: fn(&[u8]) -> Verdict,
}

impl Target {
    /// Runs the target.
    pub(crate) fn run(&self) {
        silence_while_reducing();
        let seconds = number_in("PURSER_FUZZ_SECONDS");
        let number = number_in("PURSER_FUZZ_SEED");

        // A long run should try new inputs.
        let number = number.unwrap_or_else(|| {
            if seconds.is_some() {
                fastrand::u64(..)
            } else {
                1
            }
        });
        let watchdog = Watchdog::begin(self.name, number);
        let mut pool = Vec::new();

        let mut good = Vec::new();

        let mut seen = HashSet::new();
        for (name, input) in self.seeds() {
            let verdict = self.checked(&input, number, &watchdog, &name);
            match (&verdict, name.split('-').next()) {
                (Verdict::Refused(why), Some("good")) => {
                    panic!("{}/{name} is refused: {why}", self.name)
                }
                (Verdict::Accepted(what), Some("bad")) => {
                    panic!("{}/{name} is accepted: {what}", self.name)
                }
                _ => {}
            }

            seen.insert(kind(&verdict));
            good.extend(verdict.is_good().then_some(pool.len()));
            pool.push(input);
        }

        let seeds = pool.len();
        let mut random = Rng::with_seed(number);
        let begin = Instant::now();
        let go_on = |round: u64| match seconds {
            Some(seconds) => begin.elapsed() < Duration::from_secs(seconds) / TARGETS,
            None => round < self.rounds,
        };
        let mut accepted = 0_u64;
        let rounds = (0..).take_while(|round| go_on(*round)).map(|round| {
            // An input with a fault hides all that comes after the fault, so half of the inputs
            // derive from accepted ones.
            let base = if random.bool() {
                good[random.usize(..good.len())]
            } else {
                random.usize(..pool.len())
            };
            let mut input = mutated(&pool[base], &pool, self.words, &mut random);
            input.truncate(MAX_INPUT_BYTES);

            let verdict = self.checked(&input, number, &watchdog, &format!("input {round}"));
            accepted += u64::from(verdict.is_good());

            if pool.len() < seeds + MAX_KEPT && seen.insert(kind(&verdict)) {
                good.extend(verdict.is_good().then_some(pool.len()));
                pool.push(input);
            }
        });

        let rounds = rounds.count();
        println!(
            "{}: seed {number}, {rounds} inputs, {accepted} accepted, {} kinds of answers, {:.1?}",
            self.name,
            seen.len(),
            begin.elapsed()
        );

        assert!(
            accepted > 0,
            "no input of {} is accepted, so little of it was tried",
            self.name
        );
    }

    /// Returns the seeds, sorted by name.
    fn seeds(&self) -> Vec<(String, Vec<u8>)> {
        let folder = repository().join("tests/fuzz/seeds").join(self.name);
        let files =
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();

        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();

        paths
            .iter()
            .map(|path| (name(path), (self.read)(fs::read(path).unwrap())))
            .collect()
    }

    fn checked(&self, input: &[u8], number: u64, watchdog: &Watchdog, what: &str) -> Verdict {
        watchdog.now(input);
        let verdict = catch_unwind(|| (self.check)(input));

        verdict.unwrap_or_else(|_| {
            let small = self.reduced(input.to_vec(), watchdog);
            let kept = keep(self.name, &small);
            panic!(
                "{what} of {} fails; PURSER_FUZZ_SEED={number} repeats it\nit is {:?}\nand at {}",
                self.name,
                String::from_utf8_lossy(&small),
                kept.display()
            )
        })
    }

    /// Removes parts of a failing input as long as it still fails.
    fn reduced(&self, mut input: Vec<u8>, watchdog: &Watchdog) -> Vec<u8> {
        REDUCING.set(true);
        let mut size = input.len() / 2;

        let mut tries = 0;
        while size > 0 && tries < MAX_REDUCTIONS {
            let mut at = 0;
            while at < input.len() && tries < MAX_REDUCTIONS {
                let mut smaller = input.clone();
                smaller.drain(at..(at + size).min(input.len()));
                watchdog.now(&smaller);
                tries += 1;

                match catch_unwind(AssertUnwindSafe(|| (self.check)(&smaller))) {
                    Err(_) => input = smaller,
                    Ok(_) => at += size,
                }
            }

            size /= 2;
        }

        REDUCING.set(false);
        input
    }
}

thread_local! {
    static REDUCING: Cell<bool> = const { Cell::new(false) };
}

/// Silences the panics of reduced inputs, which all repeat the first one.
fn silence_while_reducing() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !REDUCING.get() {
                hook(info);
            }
        }));
    });
}

/// Watchdog that aborts the process if an input takes too long. Nothing else ends a loop.
struct Watchdog(Arc<Mutex<Current>>);

/// The input in progress, and its start.
type Current = Option<(Instant, Vec<u8>)>;

impl Watchdog {
    fn begin(name: &'static str, number: u64) -> Self {
        let current: Arc<Mutex<Current>> = Arc::default();
        let watchdog = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watchdog.upgrade() {
                if let Some((_, input)) = current
                    .lock()
                    .unwrap()
                    .as_ref()
                    .filter(|(since, _)| since.elapsed() > MAX_INPUT_TIME)
                {
                    let kept = keep(name, input);
                    let why = format!(
                        "{name} hangs; PURSER_FUZZ_SEED={number} repeats it; the input is at {}\n",
                        kept.display()
                    );
                    // The test runner captures `eprintln!`, so write to standard error directly.
                    drop(std::io::stderr().write_all(why.as_bytes()));
                    std::process::abort();
                }

                drop(current);
                std::thread::sleep(Duration::from_millis(200));
            }
        });

        Self(current)
    }

    fn now(&self, input: &[u8]) {
        *self.0.lock().unwrap() = Some((Instant::now(), input.to_vec()));
    }
}

fn keep(name: &str, input: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("purser-fuzz-{name}"));
    fs::write(&path, input).unwrap();
    path
}

/// Returns what two verdicts of one kind have in common.
fn kind(verdict: &Verdict) -> String {
    let (accepted, words) = match verdict {
        Verdict::Accepted(words) => ('+', words),
        Verdict::Refused(words) => ('-', words),
    };
    let outside = words.split(['"', '`']).step_by(2).collect::<String>();
    let plain = outside
        .chars()
        .filter(|c| accepted == '+' || !c.is_ascii_digit())
        .take(120);

    std::iter::once(accepted).chain(plain).collect()
}

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}"))
    })
}

fn repository() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders
        .find(|folder| folder.join("tests/fuzz").is_dir())
        .unwrap()
        .to_owned()
}
