//! The sample application in a process of its own, so that its work is nobody else's. It works as fast as it can: no rate limit, no fault.

use anyhow::{Context, Result, bail, ensure};
use purser_sample_app::{Company, Population, SampleOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What opens it.
pub(crate) const TOKEN: &str = "bench-token-71c9";

/// Users of a page.
pub(crate) const PAGE: usize = 200;

/// How requests for a page begin.
const MEMBERS: &str = "GET /members";

/// The same company on every machine, on every day.
fn company(users: usize) -> Result<Company> {
    let now = "2026-01-01T00:00:00Z".parse().context("the company's day")?;
    Ok(Company::new(Population { seed: 42, members: users, now }))
}

/// Is the server: says where it is on the first line, and answers every line it gets with how many pages it gave out since the line before
/// and how many of them more than once.
pub(crate) fn serve(users: usize) -> Result<()> {
    let options = SampleOptions { token: TOKEN.into(), page_limit: PAGE, ..SampleOptions::default() };
    let server = purser_sample_app::start(&company(users)?, options).context("the server cannot listen")?;
    println!("{}", server.base_url());
    for line in std::io::stdin().lines() {
        line?;
        let answers = server.answers();
        // Making the connection asks other things, and some of them several times; that is no part of the job.
        let twice = answers.repeated().iter().filter(|request| request.starts_with(MEMBERS)).count();
        println!("{} {twice}", answers.to(MEMBERS, 200));
        server.forget_answers();
    }
    Ok(())
}

/// The server's process. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    pub(crate) base_url: String,
}

impl Server {
    pub(crate) fn start(users: usize) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["server", "--users", &users.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the server's process cannot start")?;
        let (Some(ask), Some(told)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the server has no pipes")
        };
        let mut server = Self { child, ask, told: BufReader::new(told), base_url: String::new() };
        server.base_url = server.line().context("the server did not start")?;
        Ok(server)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the server's process ended");
        Ok(line.trim_end().to_owned())
    }

    /// Fails unless each page was given out once since this was called last.
    pub(crate) fn expect_each_page_once(&mut self, users: usize) -> Result<()> {
        writeln!(self.ask)?;
        let told = self.line()?;
        let expected = format!("{} 0", users.div_ceil(PAGE).max(1));
        ensure!(told == expected, "the server gave out pages, some more than once: {told}, where {expected} is right");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to lose; that it is gone already is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
