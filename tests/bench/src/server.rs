//! The sample application in its own process, so that its CPU time is counted separately. It runs
//! without rate limit, and without any fault but the latency that a job sets.

use crate::measure::cpu_seconds;
use anyhow::{Context, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use purser_sample_app::{Company, Fault, Population, RunningSample, SampleOptions};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Bearer token of the application.
pub(crate) const TOKEN: &str = "bench-token-71c9";

/// Users on a page.
pub(crate) const PAGE: usize = 200;

/// Prefix of requests for members, both for the list and for one member.
const MEMBERS: &str = "GET /members";

/// Statistics of the server since the last call. They count requests for members only: creating a
/// connection sends others too, some repeatedly, which do not belong to the job.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServerStats {
    /// Requests for members that were answered with status 200.
    pub(crate) answered: u64,
    /// Requests for members that came more than once.
    pub(crate) repeated: usize,
    /// Maximum number of concurrent requests.
    pub(crate) max_concurrent: u64,
    /// CPU time of the server's process, in seconds. One thread serves all requests.
    pub(crate) cpu: f64,
}

/// Creates the same company on every machine, on every day.
fn company(users: usize) -> Result<Company> {
    let now = "2026-01-01T00:00:00Z"
        .parse()
        .context("the company's date")?;

    Ok(Company::new(Population {
        seed: 42,
        members: users,
        now,
    }))
}

/// Serves the application. It prints the base URL on the first line, and one [`ServerStats`] for
/// every line on standard input.
pub(crate) fn serve(users: usize, latency_ms: u64) -> Result<()> {
    let slow = Fault::Slow {
        each: Duration::from_millis(latency_ms),
    };
    let faults = if latency_ms > 0 { vec![slow] } else { vec![] };
    let options = SampleOptions {
        token: TOKEN.into(),
        page_limit: PAGE,
        faults,
        ..SampleOptions::default()
    };

    let server =
        purser_sample_app::start(&company(users)?, options).context("the server cannot listen")?;
    println!("{}", server.base_url());

    let mut before = own_cpu_seconds()?;
    for line in std::io::stdin().lines() {
        line?;
        let now = own_cpu_seconds()?;
        println!("{}", serde_json::to_string(&stats(&server, now - before))?);
        server.clear_responses();

        // The time of this report does not belong to the next one.
        before = own_cpu_seconds()?;
    }

    Ok(())
}

fn own_cpu_seconds() -> Result<f64> {
    Ok(cpu_seconds(&getrusage(UsageWho::RUSAGE_SELF)?))
}

fn stats(server: &RunningSample, cpu: f64) -> ServerStats {
    let answers = server.responses();
    let repeated = answers
        .repeated()
        .iter()
        .filter(|request| request.starts_with(MEMBERS))
        .count();

    ServerStats {
        answered: answers.count(MEMBERS, 200),
        repeated,
        max_concurrent: server.max_in_flight(),
        cpu,
    }
}

/// The server's process, which ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    stdin: ChildStdin,
    stats: BufReader<ChildStdout>,
    pub(crate) base_url: String,
}

impl Server {
    /// Starts a server without latency.
    pub(crate) fn start(users: usize) -> Result<Self> {
        Self::start_slow(users, 0)
    }

    /// Starts a server that waits this long before each response.
    pub(crate) fn start_slow(users: usize, latency_ms: u64) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([
            "server",
            "--users",
            &users.to_string(),
            "--latency-ms",
            &latency_ms.to_string(),
        ]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());

        let mut child = command
            .spawn()
            .context("the server's process cannot start")?;
        let (Some(stdin), Some(stats)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the server has no pipes")
        };
        let mut server = Self {
            child,
            stdin,
            stats: BufReader::new(stats),
            base_url: String::new(),
        };

        server.base_url = server.line().context("the server did not start")?;
        Ok(server)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stats.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the server's process ended");
        Ok(line.trim_end().to_owned())
    }

    /// Returns the statistics since the last call.
    pub(crate) fn stats(&mut self) -> Result<ServerStats> {
        writeln!(self.stdin)?;
        Ok(serde_json::from_str(&self.line()?)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
