//! A command, and what it cost: its time, and the most memory that it had.

use purser_tests::Answer;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often is looked.
const GLANCE: Duration = Duration::from_millis(2);

/// What became of a command.
pub(crate) struct Ran {
    pub(crate) answer: Answer,
    pub(crate) took: Duration,
    /// The most that was resident, in MiB. Linux only: elsewhere nothing is measured.
    pub(crate) peak: u64,
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command, patience: Duration) -> Result<Ran, String> {
    let begin = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let status = format!("/proc/{}/status", child.id());
    std::thread::scope(|scope| {
        let (stdout, stderr) = (scope.spawn(|| read(stdout)), scope.spawn(|| read(stderr)));
        let mut peak = 0;
        let code = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            peak = peak.max(high_water(&status).unwrap_or_default());
            if begin.elapsed() > patience {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err(format!("it hangs: nothing after {patience:?}"));
            }
            std::thread::sleep(GLANCE);
        };
        let answer = Answer {
            code,
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
        };
        Ok(Ran {
            answer,
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

/// The kernel keeps the highest itself, so that nothing is missed between two glances but the last one. A process that was made a moment ago
/// may still have this one's memory, under this one's name.
fn high_water(status: &str) -> Option<u64> {
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
