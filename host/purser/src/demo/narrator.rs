//! Tells the demonstration: numbered steps, each with what happens and why, the command a user would type, and what came of it.

use super::cast::Home;
use crate::cli::{Failure, print};
use crate::render::number;
use std::time::Instant;

/// Counts the steps and the time.
pub(super) struct Narrator {
    step: u32,
    started: Instant,
}

impl Narrator {
    pub(super) fn new() -> Self {
        Self { step: 0, started: Instant::now() }
    }

    pub(super) fn opening(&self, users: u32) -> Result<(), Failure> {
        let users = number::count(users.into());
        print(&format!(
            "Purser finds out who holds a seat of which SaaS product, who uses it, what is owned, and what is wasted.\n\n\
             Two things here are invented: Quayboard, a SaaS application with {users} accounts, and Northbridge, the\n\
             company that pays for them. The rest is what Purser does every day; beside $ is what you would type."
        ))
    }

    /// Begins a step.
    pub(super) fn step(&mut self, title: &str, why: &str, commands: &[&str]) -> Result<(), Failure> {
        self.step += 1;
        let mut text = format!("\n{}. {title}\n{}", self.step, indented(why));
        for command in commands {
            text += &format!("\n   $ {}", command.replace('\n', "\n        "));
        }
        print(&text)
    }

    /// Says what came of a step.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        print(&format!("\n{}", indented(text)))
    }

    pub(super) fn closing(&self, home: &Home) -> Result<(), Failure> {
        let took = number::duration(self.started.elapsed());
        let look = match home {
            Home::Passing(_) => {
                "Keep what it learns with `purser demo --keep DIR`, and look around with `purser candidates`.".into()
            }
            Home::Kept(dir) => format!(
                "Look around: `export PURSER_HOME={}`, then `purser candidates`; the application is gone.",
                dir.display()
            ),
        };
        print(&format!(
            "\nIn {took} you have seen a connector uploaded, granted, connected and run, and every wasted seat with its reason.\n\
             {look}\n\
             Your own application: `purser connector --help`; writing a connector for it takes about 40 lines (see the README)."
        ))
    }
}

fn indented(text: &str) -> String {
    let indent = |line: &str| if line.is_empty() { String::new() } else { format!("   {line}") };
    text.trim_end().lines().map(indent).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_indented_and_blank_lines_stay_blank() {
        assert_eq!(indented("a\n\n  b\n"), "   a\n\n     b");
    }
}
