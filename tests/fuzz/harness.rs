//! What every fuzz target is run by. It takes a target's seeds, and then inputs made of them by chance (`mutate`).
//!
//! Coverage is not measured, as that would build every crate a second time. What a target says of an input stands in its place: one that it
//! answers in a way not seen before is kept, and changed further.
//!
//! | variable | what |
//! |---|---|
//! | `PURSER_FUZZ_SECONDS` | how long all targets run together; without it each makes a few inputs, always the same ones |
//! | `PURSER_FUZZ_SEED` | the number that all inputs follow from; a failure prints it |
//!
//! An input that fails is made smaller and written to a file. Put that among the seeds, and it is tried first from then on.
//!
//! `host/egress` and `host/sandbox` include this file, because what they check is not public and no crate of the host depends on one of
//! the tests.

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

/// How many targets share `PURSER_FUZZ_SECONDS`.
const TARGETS: u32 = 8;
/// The longest that one input may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest input.
const LONGEST: usize = 32 << 10;
/// How many inputs are kept beside the seeds.
const KEPT: usize = 1_000;
/// How many smaller inputs are tried in place of one that fails.
const SMALLER: usize = 2_000;

/// What became of an input, in words. Numbers and what is quoted do not count when two are compared.
pub(crate) enum Verdict {
    /// It is what it should be; a few words on what there is in it.
    Accepted(String),
    /// It was refused, for this reason.
    Refused(String),
}

impl Verdict {
    const fn is_good(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }
}

/// Something that takes any bytes.
pub(crate) struct Target {
    /// The folder of its seeds. A file `good-…` must be accepted, a file `bad-…` refused; others may be either.
    pub(crate) name: &'static str,
    /// How many inputs are tried where no time is given.
    pub(crate) rounds: u64,
    /// Words of its language.
    pub(crate) words: &'static [&'static str],
    /// Makes an input of a seed's file.
    pub(crate) read: fn(Vec<u8>) -> Vec<u8>,
    /// Panics if something does not hold that should.
    pub(crate) check: fn(&[u8]) -> Verdict,
}

impl Target {
    /// Tries everything.
    pub(crate) fn run(&self) {
        hush_while_shrinking();
        let (seconds, number) = (
            number_in("PURSER_FUZZ_SECONDS"),
            number_in("PURSER_FUZZ_SEED"),
        );
        // A long run is for what was not tried before.
        let number = number.unwrap_or_else(|| {
            if seconds.is_some() {
                fastrand::u64(..)
            } else {
                1
            }
        });
        let watched = Watched::begin(self.name, number);
        let (mut pool, mut good, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (name, input) in self.seeds() {
            let verdict = self.tried(&input, number, &watched, &name);
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
        let (mut random, begin) = (Rng::with_seed(number), Instant::now());
        let go_on = |round: u64| match seconds {
            Some(seconds) => begin.elapsed() < Duration::from_secs(seconds) / TARGETS,
            None => round < self.rounds,
        };
        let mut accepted = 0_u64;
        let rounds = (0..).take_while(|round| go_on(*round)).map(|round| {
            // Behind a fault that is found first nothing is tried, so that every other input is made of one without.
            let base = if random.bool() {
                good[random.usize(..good.len())]
            } else {
                random.usize(..pool.len())
            };
            let mut input = mutated(&pool[base], &pool, self.words, &mut random);
            input.truncate(LONGEST);
            let verdict = self.tried(&input, number, &watched, &format!("input {round}"));
            accepted += u64::from(verdict.is_good());
            if pool.len() < seeds + KEPT && seen.insert(kind(&verdict)) {
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

    /// The seeds by name, in the same order everywhere.
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

    fn tried(&self, input: &[u8], number: u64, watched: &Watched, what: &str) -> Verdict {
        watched.now(input);
        let verdict = catch_unwind(|| (self.check)(input));
        verdict.unwrap_or_else(|_| {
            let small = self.shrunk(input.to_vec(), watched);
            let kept = keep(self.name, &small);
            panic!(
                "{what} of {} fails; PURSER_FUZZ_SEED={number} repeats it\nit is {:?}\nand at {}",
                self.name,
                String::from_utf8_lossy(&small),
                kept.display()
            )
        })
    }

    /// The input without whatever can be left out of it, as far as it still fails.
    fn shrunk(&self, mut input: Vec<u8>, watched: &Watched) -> Vec<u8> {
        SHRINKING.set(true);
        let (mut size, mut tries) = (input.len() / 2, 0);
        while size > 0 && tries < SMALLER {
            let mut at = 0;
            while at < input.len() && tries < SMALLER {
                let mut smaller = input.clone();
                smaller.drain(at..(at + size).min(input.len()));
                watched.now(&smaller);
                tries += 1;
                match catch_unwind(AssertUnwindSafe(|| (self.check)(&smaller))) {
                    Err(_) => input = smaller,
                    Ok(_) => at += size,
                }
            }
            size /= 2;
        }
        SHRINKING.set(false);
        input
    }
}

thread_local! {
    static SHRINKING: Cell<bool> = const { Cell::new(false) };
}

/// Of thousands of failures that are the same one, the first is worth reading.
fn hush_while_shrinking() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !SHRINKING.get() {
                hook(info);
            }
        }));
    });
}

/// Ends the process when an input takes too long: nothing else ends a loop.
struct Watched(Arc<Mutex<Current>>);

/// What is tried, and since when.
type Current = Option<(Instant, Vec<u8>)>;

impl Watched {
    fn begin(name: &'static str, number: u64) -> Self {
        let current: Arc<Mutex<Current>> = Arc::default();
        let watched = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                if let Some((_, input)) = current
                    .lock()
                    .unwrap()
                    .as_ref()
                    .filter(|(since, _)| since.elapsed() > PATIENCE)
                {
                    let kept = keep(name, input);
                    let why = format!(
                        "{name} hangs; PURSER_FUZZ_SEED={number} repeats it; it is at {}\n",
                        kept.display()
                    );
                    // Not by `eprintln!`, which the test's runner keeps to itself.
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

/// What two verdicts of one kind have in common.
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
