//! Resource usage of a process. A wrapper process runs the program and asks the operating system
//! about its only child. That covers every thread to the microsecond, and the peak of memory.

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Resource usage of one run of a program.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ResourceUsage {
    /// Time from start to end, in seconds.
    pub(crate) wall: f64,
    /// CPU time of all threads in user and system mode together, in seconds.
    pub(crate) cpu: f64,
    /// Peak of resident memory, in MiB.
    pub(crate) peak: f64,
}

/// Runs the command as the wrapper process, and writes its resource usage.
pub(crate) fn run_wrapped(report: &Path, command: &[OsString]) -> Result<()> {
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

    // `max_rss` is in KiB on Linux.
    let usage = ResourceUsage {
        wall,
        cpu: cpu_seconds(&usage),
        peak: usage.max_rss() as f64 / 1024.0,
    };

    Ok(std::fs::write(report, serde_json::to_vec(&usage)?)?)
}

/// Returns the CPU time in user and system mode together, in seconds.
pub(crate) fn cpu_seconds(usage: &Usage) -> f64 {
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// Runs a command to its end and returns its resource usage.
pub(crate) fn measure(command: &Command) -> Result<ResourceUsage> {
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
