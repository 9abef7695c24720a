//! One attack: uploading and calling a hostile component, and checking the result.

use crate::expectation::Expectation;
use crate::fake_host::{self, FakeHost, sandbox, users};
use crate::process::{self, PeakMemory};
use purser_model::{Blamed, Description, Limits, Page, ReclaimMode, Records, Settings};
use purser_sandbox::{Call, CallError, Capability, ReclaimRequest, SandboxError};
use std::fmt::Display;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Upper limit for an error shown to a person, in bytes.
const MAX_ERROR: usize = 8 << 10;

/// Result of an upload or a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) class: String,
    pub(crate) blame: String,
    /// Text of the error and its next step.
    pub(crate) text: String,
}

/// Runs one attack. The error lists all violated expectations. `make` runs once this attack has the
/// process to itself, because building a component needs memory too.
pub(crate) fn run_attack(
    make: impl FnOnce() -> Vec<u8>,
    expected: &Expectation,
) -> Result<(), String> {
    let _turn = lock_process();
    let bytes = make();

    // The first call initializes the sandbox, which must not count as memory of the attack.
    check_honest_read()?;
    let panics = process::panics();
    let peak = PeakMemory::begin();
    let begin = Instant::now();
    let fake_host = FakeHost::new(expected.upstream.clone());
    let deadline = Duration::from_secs(expected.seconds * 3 + 10);

    let outcome = with_deadline(
        deadline,
        attempt(bytes, expected.clone(), fake_host.clone()),
    )?;
    let took = begin.elapsed();
    let grown = peak.growth();
    let mut wrong = check_outcome(&outcome, expected);

    wrong.extend(check_log(&fake_host, &expected.limits));

    if took > Duration::from_secs(expected.seconds) {
        wrong.push(format!(
            "took {took:?}, the limit is {} s",
            expected.seconds
        ));
    }

    if grown > expected.memory {
        wrong.push(format!(
            "grew by {grown} MiB, the limit is {}",
            expected.memory
        ));
    }

    if process::panics() > panics {
        wrong.push("the host panicked".into());
    }

    wrong.extend(check_honest_read().err());

    if std::env::var_os("PURSER_HOSTILE_SHOW").is_some() {
        println!("  {took:>10.1?} {grown:>5} MiB  {outcome:?}");
    }

    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n    {outcome:?}", wrong.join("\n    ")))
    }
}

/// Locks the process for one attack, because memory and time are measured for the whole process.
pub(crate) fn lock_process() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the shared runtime. A future that hangs blocks one of its threads, and later tests can
/// still use the others.
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

/// Runs a future with a deadline, which also ends the wait for a future that blocks its thread.
pub(crate) fn with_deadline<T: Send + 'static>(
    deadline: Duration,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, String> {
    let task = runtime().spawn(future);
    match runtime().block_on(async { tokio::time::timeout(deadline, task).await }) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("the task panicked: {error}")),
        Err(_) => Err(format!("no result after {deadline:?}")),
    }
}

/// Reads one page with the honest connector on the same sandbox.
fn check_honest_read() -> Result<(), String> {
    let call = FakeHost::responding_ok().call(Limits::default());
    let page = with_deadline(
        Duration::from_secs(20),
        fake_host::honest().read(call, users()),
    )?;
    page.map(drop)
        .map_err(|error| format!("the honest read failed: {error}"))
}

/// Compiles the component, asks for its description twice, and makes the expected call.
async fn attempt(
    bytes: Vec<u8>,
    expected: Expectation,
    fake_host: std::sync::Arc<FakeHost>,
) -> Outcome {
    let connector = match tokio::task::spawn_blocking(move || sandbox().compile(&bytes))
        .await
        .unwrap()
    {
        Ok(connector) => connector,
        Err(error) => return refused(&error),
    };
    let described = connector.describe().await;

    // Every call has a fresh instance, so both descriptions must be equal.
    assert_eq!(
        described,
        connector.describe().await,
        "two descriptions differ"
    );

    let description = match described {
        Ok(description) => description,
        Err(error) => return refused(&error),
    };
    check_description(&description);

    // Settings of a profile that sets none.
    let settings = description.complete(&Settings::new()).unwrap_or_default();
    let call = Call {
        settings,
        ..fake_host.call(expected.limits)
    };
    let outcome = match expected.call.as_str() {
        "check" => connector
            .check(call, Capability::Read("users".parse().unwrap()))
            .await
            .map(|_| String::new()),
        "reclaim" => connector.reclaim(call, seat()).await.map(|_| String::new()),
        _ => connector.read(call, users()).await.map(|page| {
            check_page(&page);
            left_out(&page)
        }),
    };

    outcome.map_or_else(
        |error| failed(&error),
        |text| Outcome {
            class: "ok".into(),
            blame: String::new(),
            text,
        },
    )
}

/// Returns the reasons why rows and fields of a page were left out.
fn left_out(page: &Page) -> String {
    let rows = page.rejected.iter().map(|row| row.reason.as_str());
    let fields = match &page.records {
        Records::Accounts(accounts) => accounts.as_slice(),
        _ => &[],
    };

    rows.chain(
        fields
            .iter()
            .flat_map(|account| account.warnings.iter().map(String::as_str)),
    )
    .collect::<Vec<_>>()
    .join("\n")
}

fn seat() -> ReclaimRequest {
    ReclaimRequest {
        mode: ReclaimMode::Suspend,
        account: "u1".into(),
        principal_name: None,
        product: None,
    }
}

/// Classifies a refused upload.
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

/// Classifies a failed call.
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
        wrong.push(format!("the error lacks {:?}", expected.says));
    }

    wrong.extend(check_text(&outcome.text));
    wrong
}

/// Returns a violation if a text for people is too long or controls a terminal.
pub(crate) fn check_text(text: &str) -> Option<String> {
    let is_control = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };

    match text {
        text if text.contains(is_control) => Some("the text contains a control character".into()),
        text if text.len() > MAX_ERROR => Some(format!("the text has {} bytes", text.len())),
        _ => None,
    }
}

/// Returns violations of the log limits, and lines that control a terminal.
fn check_log(fake_host: &FakeHost, limits: &Limits) -> Vec<String> {
    let lines = fake_host.lines.lock().unwrap();
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut wrong: Vec<_> = lines
        .iter()
        .filter(|line| line.chars().any(char::is_control))
        .cloned()
        .collect();

    // One more line reports that lines are missing.
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
        "the description controls a terminal: {text}"
    );
}

fn check_page(page: &Page) {
    for row in &page.rejected {
        assert_eq!(
            check_text(&format!("{}{}", row.row, row.reason)),
            None,
            "the text of a rejected row"
        );
    }
}
