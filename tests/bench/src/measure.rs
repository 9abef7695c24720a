//! What a process takes. A wrapper process runs it and asks the operating system about its children, of which there is one: that counts
//! every thread to the microsecond, and knows the peak of its memory.

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run of a program took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// From start to end, in seconds.
    pub(crate) wall: f64,
    /// Of all threads, in user and system mode together, in seconds.
    pub(crate) cpu: f64,
    /// The most memory that was resident, in MiB.
    pub(crate) peak: f64,
}

/// Is the wrapper.
pub(crate) fn timed(report: &Path, command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let started = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = started.elapsed().as_secs_f64();
    ensure!(
        status.success(),
        "{} ended with {status}",
        program.display()
    );
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    // Linux counts in KiB.
    let taken = Taken {
        wall,
        cpu: cpu_seconds(&usage),
        peak: usage.max_rss() as f64 / 1024.0,
    };
    Ok(std::fs::write(report, serde_json::to_vec(&taken)?)?)
}

/// User and system mode together.
pub(crate) fn cpu_seconds(usage: &Usage) -> f64 {
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// Runs a command to its end, and says what it took.
pub(crate) fn measure(command: &Command) -> Result<Taken> {
    let report = tempfile::NamedTempFile::new()?;
    let mut wrapper = Command::new(std::env::current_exe()?);
    wrapper
        .arg("timed")
        .arg("--report")
        .arg(report.path())
        .arg("--")
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapper.env(name, value),
            None => wrapper.env_remove(name),
        };
    }
    let output = wrapper
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(serde_json::from_slice(&std::fs::read(report.path())?)?)
}
