//! The child process that compiles, seen from its parent.

use super::limits::PROCESS_LIMITS;
use crate::error::SandboxError;
use crate::text::{MAX_ERROR, plain};
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, Command};

/// Exit code of a child that wrote to standard error why the component is invalid.
pub const EXIT_INVALID_COMPONENT: i32 = 4;

/// Largest machine code accepted from a child, in bytes.
const MAX_CODE: u64 = 1 << 30;

/// Longest message accepted from a child, in bytes.
const MAX_MESSAGE: u64 = 4_096;

/// Output of a child that ended in time.
struct Output {
    status: ExitStatus,
    code: Vec<u8>,
    message: Vec<u8>,
}

/// Runs a child: feeds it the component, collects the machine code, and kills it after `timeout`.
///
/// Blocks. Must not be called from async code, because it runs an event loop of its own.
pub(super) fn run(
    command: std::process::Command,
    component: &[u8],
    timeout: Duration,
) -> Result<Vec<u8>, SandboxError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| not_started(&error))?;
    let output = runtime
        .block_on(supervise(command.into(), component, timeout))
        .map_err(|error| not_started(&error))?
        .ok_or_else(|| SandboxError::CompileLimit {
            limit: format!("{} seconds", timeout.as_secs()),
        })?;

    match output.status.code() {
        Some(0) => Ok(output.code),
        Some(EXIT_INVALID_COMPONENT) => {
            let message = String::from_utf8_lossy(&output.message);
            Err(SandboxError::Compile(plain(message.trim(), MAX_ERROR)))
        }
        // Killed by the kernel or by its own allocator: it exceeded its limits.
        _ => Err(SandboxError::CompileLimit {
            limit: format!(
                "{} seconds of processor time and {} GiB of memory",
                PROCESS_LIMITS.cpu_seconds,
                PROCESS_LIMITS.memory_bytes >> 30
            ),
        }),
    }
}

/// Returns the child's output, or `None` if it had to be killed.
async fn supervise(
    mut command: Command,
    component: &[u8],
    timeout: Duration,
) -> io::Result<Option<Output>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("it has no pipes"));
    };

    let exchange = async {
        tokio::join!(
            feed(stdin, component),
            read_up_to(stdout, MAX_CODE),
            read_up_to(stderr, MAX_MESSAGE),
            child.wait(),
        )
    };
    let finished = tokio::time::timeout(timeout, exchange).await;

    let Ok(((), code, message, status)) = finished else {
        child.kill().await?;
        return Ok(None);
    };
    Ok(Some(Output {
        status: status?,
        code,
        message,
    }))
}

async fn feed(mut stdin: ChildStdin, component: &[u8]) {
    // A child that ends before it has read everything reports why by itself.
    drop(stdin.write_all(component).await);
}

async fn read_up_to(pipe: impl AsyncRead + Unpin, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Truncated code does not load, and the exit status tells how the child ended.
    drop(pipe.take(limit).read_to_end(&mut bytes).await);
    bytes
}

fn not_started(error: &io::Error) -> SandboxError {
    SandboxError::Engine(format!("the compiler's process could not be run: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn run_script(script: &str) -> Result<Vec<u8>, SandboxError> {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]);
        run(command, b"component", Duration::from_secs(2))
    }

    #[test]
    fn output_of_a_successful_child_is_returned() {
        assert_eq!(run_script("cat"), Ok(b"component".to_vec()));
    }

    #[test]
    fn message_of_a_child_that_refuses_the_component_is_returned() {
        assert_eq!(
            run_script("echo bad >&2; exit 4"),
            Err(SandboxError::Compile("bad".into()))
        );

        let long = run_script("yes bad | head -c 100000 >&2; exit 4");
        let Err(SandboxError::Compile(message)) = long else {
            panic!("{long:?}")
        };
        assert!(
            message.len() <= 1000 && !message.contains('\n'),
            "{message}"
        );
    }

    #[test]
    fn child_that_dies_is_reported_as_over_its_limits() {
        for script in ["kill -XCPU $$", "kill -ABRT $$", "kill -SEGV $$", "exit 1"] {
            assert!(
                matches!(run_script(script), Err(SandboxError::CompileLimit { .. })),
                "{script}"
            );
        }
    }

    #[test]
    fn child_that_does_not_end_is_killed() {
        let began = Instant::now();

        assert_eq!(
            run_script("exec sleep 60"),
            Err(SandboxError::CompileLimit {
                limit: "2 seconds".into()
            })
        );
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn output_over_the_limit_is_cut() {
        assert_eq!(read_up_to(tokio::io::repeat(0), 100).await.len(), 100);
    }
}
