//! The sample application in a process of its own, so that its work is nobody else's. It works as fast as it can: no rate limit, and no
//! fault but the latency that a job asks for.

use crate::measure::cpu_seconds;
use anyhow::{Context, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use purser_sample_app::{Company, Fault, Population, RunningSample, SampleOptions};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// What opens it.
pub(crate) const TOKEN: &str = "bench-token-71c9";

/// Users of a page.
pub(crate) const PAGE: usize = 200;

/// How requests for members begin, and for what one of them did.
const MEMBERS: &str = "GET /members";

/// What the server says of the time since it was asked last. Making a connection asks for other things than members, and for some of them
/// several times; that is no part of a job.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Requests for members that were answered.
    pub(crate) answered: u64,
    /// Those that were answered more than once.
    pub(crate) repeated: usize,
    /// The most requests under way at once.
    pub(crate) at_once: u64,
    /// What its process computed, in seconds. It has one thread for all requests.
    pub(crate) cpu: f64,
}

/// The same company on every machine, on every day.
fn company(users: usize) -> Result<Company> {
    let now = "2026-01-01T00:00:00Z"
        .parse()
        .context("the company's day")?;
    Ok(Company::new(Population {
        seed: 42,
        members: users,
        now,
    }))
}

/// Is the server: says where it is on the first line, and answers every line it gets with a [`Told`].
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
    let mut before = computed()?;
    for line in std::io::stdin().lines() {
        line?;
        let now = computed()?;
        println!("{}", serde_json::to_string(&told(&server, now - before))?);
        server.clear_responses();
        // What telling took is not what answering took.
        before = computed()?;
    }
    Ok(())
}

fn computed() -> Result<f64> {
    Ok(cpu_seconds(&getrusage(UsageWho::RUSAGE_SELF)?))
}

fn told(server: &RunningSample, cpu: f64) -> Told {
    let answers = server.responses();
    let repeated = answers
        .repeated()
        .iter()
        .filter(|request| request.starts_with(MEMBERS))
        .count();
    Told {
        answered: answers.count(MEMBERS, 200),
        repeated,
        at_once: server.max_in_flight(),
        cpu,
    }
}

/// The server's process. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    pub(crate) base_url: String,
}

impl Server {
    /// One that answers at once.
    pub(crate) fn start(users: usize) -> Result<Self> {
        Self::start_slow(users, 0)
    }

    /// One that takes so long for each answer.
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
        let (Some(ask), Some(told)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the server has no pipes")
        };
        let mut server = Self {
            child,
            ask,
            told: BufReader::new(told),
            base_url: String::new(),
        };
        server.base_url = server.line().context("the server did not start")?;
        Ok(server)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the server's process ended");
        Ok(line.trim_end().to_owned())
    }

    /// What happened since this was called last.
    pub(crate) fn told(&mut self) -> Result<Told> {
        writeln!(self.ask)?;
        Ok(serde_json::from_str(&self.line()?)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to lose; that it is gone already is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
