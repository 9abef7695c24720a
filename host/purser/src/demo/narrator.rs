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
        Self {
            step: 0,
            started: Instant::now(),
        }
    }

    pub(super) fn opening(&self, users: u32) -> Result<(), Failure> {
        let users = number::count(users.into());
        print(&format!(
            "Purser finds out who holds a seat of which SaaS product, who uses it, what is\n\
             owned, and what is wasted.\n\n\
             Two things here are invented: Quayboard, a SaaS application with {users}\n\
             accounts, and Northbridge, the company that pays for them. The rest is what\n\
             Purser does every day; behind $ is what you would type."
        ))
    }

    /// Begins a step.
    pub(super) fn step(
        &mut self,
        title: &str,
        why: &str,
        commands: &[&str],
    ) -> Result<(), Failure> {
        self.step += 1;
        let mut text = format!("\n{}. {title}\n\n{why}\n", self.step);
        for command in commands {
            text += &format!("\n  $ {}", command.replace('\n', "\n      "));
        }
        print(&text)
    }

    /// Says what came of a step.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        print(&format!("\n{text}"))
    }

    pub(super) fn closing(&self, home: &Home) -> Result<(), Failure> {
        let took = number::duration(self.started.elapsed());
        let look = match home {
            Home::Passing(_) => {
                "Look around: `purser demo --keep DIR`, then `purser candidates --home DIR`.".into()
            }
            Home::Kept(dir) => {
                format!(
                    "Look around: `purser candidates --home {}`; the application is gone.",
                    dir.display()
                )
            }
        };
        print(&format!(
            "\nIn {took} a connector was uploaded, granted, connected and run, and every wasted seat found.\n\
             {look}\n\
             Your own application: the README shows how to write a connector in 40 lines."
        ))
    }
}
