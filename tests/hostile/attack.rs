//! One attack, from upload to answer, and what is demanded of it.

use crate::expectation::Expectation;
use crate::process::{self, Peak};
use crate::world::{self, World, sandbox, users};
use purser_model::{Blamed, Description, Limits, Page, ReclaimMode, Settings};
use purser_sandbox::{Call, CallError, Capability, ReclaimRequest, SandboxError};
use std::fmt::Display;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// What an error that a person reads may have, in bytes.
const MAX_ERROR: usize = 8 << 10;

/// How something ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) class: String,
    pub(crate) blame: String,
    /// What a person is told.
    pub(crate) text: String,
}

/// Makes one attack, and says all that is wrong with how it ended. It is made when it is its turn, since that takes memory too.
pub(crate) fn suffer(make: impl FnOnce() -> Vec<u8>, expected: &Expectation) -> Result<(), String> {
    let _turn = turn();
    let bytes = make();
    // Beforehand, so that it is not counted.
    read_honestly()?;
    let (panics, peak, begin) = (process::panics(), Peak::begin(), Instant::now());
    let world = World::that(expected.answers.clone());
    let patience = Duration::from_secs(expected.seconds * 3 + 10);
    let outcome = within(patience, attempt(bytes, expected.clone(), world.clone()))?;
    let (took, grown) = (begin.elapsed(), peak.growth());
    let mut wrong = check_outcome(&outcome, expected);
    wrong.extend(check_log(&world, &expected.limits));
    if took > Duration::from_secs(expected.seconds) {
        wrong.push(format!("took {took:?}, allowed are {} s", expected.seconds));
    }
    if grown > expected.memory {
        wrong.push(format!(
            "grew by {grown} MiB, allowed are {}",
            expected.memory
        ));
    }
    if process::panics() > panics {
        wrong.push("something of the host's panicked".into());
    }
    wrong.extend(read_honestly().err());
    if std::env::var_os("PURSER_HOSTILE_SHOW").is_some() {
        println!("  {took:>10.1?} {grown:>5} MiB  {outcome:?}");
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n    {outcome:?}", wrong.join("\n    ")))
    }
}

/// Attacks are made one after the other: memory and time are those of the process.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The runtime of this process. A test that gives up on a future leaves its thread behind, and goes on.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    })
}

/// Waits so long and no longer, also for what never gives the thread back.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, String> {
    let task = runtime().spawn(future);
    match runtime().block_on(async { tokio::time::timeout(patience, task).await }) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("the host fell over: {error}")),
        Err(_) => Err(format!("it hangs: nothing after {patience:?}")),
    }
}

/// An honest read on the same sandbox.
fn read_honestly() -> Result<(), String> {
    let call = World::fine().call(Limits::default());
    let page = within(Duration::from_secs(20), world::honest().read(call, users()))?;
    page.map(drop)
        .map_err(|error| format!("an honest read afterwards: {error}"))
}

/// Uploads, asks for the description, and calls.
async fn attempt(bytes: Vec<u8>, expected: Expectation, world: std::sync::Arc<World>) -> Outcome {
    let connector = match tokio::task::spawn_blocking(move || sandbox().compile(&bytes))
        .await
        .unwrap()
    {
        Ok(connector) => connector,
        Err(error) => return refused(&error),
    };
    let described = connector.describe().await;
    // Whatever it does, it says the same again.
    assert_eq!(
        described,
        connector.describe().await,
        "it describes itself in two ways"
    );
    let description = match described {
        Ok(description) => description,
        Err(error) => return refused(&error),
    };
    check_description(&description);
    // A profile that says nothing.
    let settings = description.complete(&Settings::new()).unwrap_or_default();
    let call = Call {
        settings,
        ..world.call(expected.limits)
    };
    let outcome = match expected.call.as_str() {
        "check" => connector
            .check(call, Capability::Read("users".parse().unwrap()))
            .await
            .map(drop),
        "reclaim" => connector.reclaim(call, seat()).await.map(drop),
        _ => connector
            .read(call, users())
            .await
            .map(|page| check_page(&page)),
    };
    outcome.map_or_else(
        |error| failed(&error),
        |()| Outcome {
            class: "ok".into(),
            blame: String::new(),
            text: String::new(),
        },
    )
}

fn seat() -> ReclaimRequest {
    ReclaimRequest {
        mode: ReclaimMode::Suspend,
        account: "u1".into(),
        principal_name: None,
        product: None,
    }
}

/// How a refused upload is classed.
pub(crate) fn refused(error: &SandboxError) -> Outcome {
    let class = match error {
        SandboxError::Engine(_) => "engine",
        SandboxError::TooLarge { .. } => "too-large",
        SandboxError::NotWasm { .. } => "not-wasm",
        SandboxError::Truncated { .. } => "truncated",
        SandboxError::CoreModule => "core-module",
        SandboxError::Precompiled => "precompiled",
        SandboxError::Malformed(_) => "malformed",
        SandboxError::UnknownImports { .. } => "unknown-imports",
        SandboxError::OtherVersion { .. } => "other-version",
        SandboxError::MissingExport { .. } => "missing-export",
        SandboxError::TooComplex { .. } => "too-complex",
        SandboxError::Compile(_) => "compile",
        SandboxError::CompileLimit { .. } => "compile-limit",
        SandboxError::Incompatible(_) => "incompatible",
        SandboxError::Describe(error) => &format!("describe/{}", error.class()),
        SandboxError::Description(_) => "description",
    };
    outcome(class, error)
}

/// How a failed call is classed.
pub(crate) fn failed(error: &CallError) -> Outcome {
    outcome(error.class().as_str(), error)
}

fn outcome(class: &str, error: &(impl Blamed + Display)) -> Outcome {
    let text = format!("{error}\n{:?}", error.next_step());
    Outcome {
        class: class.into(),
        blame: format!("{:?}", error.blame()).to_lowercase(),
        text,
    }
}

fn check_outcome(outcome: &Outcome, expected: &Expectation) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcome.class != expected.class {
        wrong.push(format!(
            "is {} where {} was expected",
            outcome.class, expected.class
        ));
    }
    if outcome.blame != expected.blame {
        wrong.push(format!(
            "blames {:?} where {:?} was expected",
            outcome.blame, expected.blame
        ));
    }
    if expected
        .says
        .as_ref()
        .is_some_and(|says| !outcome.text.contains(says))
    {
        wrong.push(format!("does not say {:?}", expected.says));
    }
    wrong.extend(check_text(&outcome.text));
    wrong
}

/// What a person reads is short, and steers no terminal.
pub(crate) fn check_text(text: &str) -> Option<String> {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    match text {
        text if text.contains(steers) => Some("the text holds a control character".into()),
        text if text.len() > MAX_ERROR => Some(format!("the text has {} bytes", text.len())),
        _ => None,
    }
}

/// The log keeps to its limits, and steers no terminal.
fn check_log(world: &World, limits: &Limits) -> Vec<String> {
    let lines = world.lines.lock().unwrap();
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut wrong: Vec<_> = lines
        .iter()
        .filter(|line| line.chars().any(char::is_control))
        .cloned()
        .collect();
    // One line more says what is missing.
    if lines.len() as u64 > limits.log_lines + 1 || bytes as u64 > limits.log_bytes + 200 {
        wrong.push(format!(
            "the log has {} lines and {bytes} bytes",
            lines.len()
        ));
    }
    wrong
}

fn check_description(description: &Description) {
    let text = format!("{description:?}");
    assert!(
        !text.contains("\\u{"),
        "the description steers a terminal: {text}"
    );
}

fn check_page(page: &Page) {
    for row in &page.rejected {
        assert_eq!(
            check_text(&format!("{}{}", row.row, row.reason)),
            None,
            "of a rejected row"
        );
    }
}
