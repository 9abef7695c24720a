//! A command with its time and its peak memory.

use purser_tests::CommandOutput;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Interval between two looks at the process.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Result of a command.
pub(crate) struct CommandRun {
    pub(crate) output: CommandOutput,
    pub(crate) took: Duration,
    /// Peak of resident memory, in MiB. Zero on systems other than Linux.
    pub(crate) peak: u64,
}

/// Runs a command to its end, or kills it at the deadline.
pub(crate) fn run(mut command: Command, deadline: Duration) -> Result<CommandRun, String> {
    let begin = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let stderr = child.stderr.take().unwrap();
    let status = format!("/proc/{}/status", child.id());

    std::thread::scope(|scope| {
        let stdout = scope.spawn(|| read(stdout));
        let stderr = scope.spawn(|| read(stderr));
        let mut peak = 0;
        let code = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            peak = peak.max(peak_memory(&status).unwrap_or_default());
            if begin.elapsed() > deadline {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err(format!("no result after {deadline:?}"));
            }
            std::thread::sleep(POLL_INTERVAL);
        };

        let output = CommandOutput {
            code,
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
        };

        Ok(CommandRun {
            output,
            took: begin.elapsed(),
            peak,
        })
    })
}

fn read(mut pipe: impl Read) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}

/// Reads the peak of resident memory, which the kernel keeps, in MiB. A process that has just been
/// forked may still report this one's memory and name, so the name is checked.
fn peak_memory(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    status.strip_prefix("Name:\tpurser\n")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;

    Some(
        line.trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<u64>()
            .ok()?
            >> 10,
    )
}
