//! The output of the demonstration: numbered steps, each with its reason, its commands and its
//! result.

use super::setup::DemoHome;
use crate::cli::{Failure, print};
use crate::render::number;
use std::time::Instant;

/// Printer of the steps, which counts them and measures the time.
pub(super) struct DemoOutput {
    step: u32,
    started: Instant,
}

impl DemoOutput {
    pub(super) fn new() -> Self {
        Self {
            step: 0,
            started: Instant::now(),
        }
    }

    /// Prints the introduction.
    pub(super) fn opening(&self, users: u32) -> Result<(), Failure> {
        let users = number::count(users.into());

        print(&format!(
            "Purser shows which SaaS seats a company owns, who holds and uses them, and\n\
             which are wasted.\n\n\
             Two things here are invented: Quayboard, a SaaS application with {users}\n\
             accounts, and Northbridge, the company that pays for them. Everything else is\n\
             real. A line after $ is a command that you would type."
        ))
    }

    /// Prints the beginning of a step.
    pub(super) fn step(
        &mut self,
        title: &str,
        reason: &str,
        commands: &[&str],
    ) -> Result<(), Failure> {
        self.step += 1;
        let mut text = format!("\n{}. {title}\n\n{reason}\n", self.step);
        for command in commands {
            text += &format!("\n  $ {}", command.replace('\n', "\n      "));
        }

        print(&text)
    }

    /// Prints the result of a step.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        print(&format!("\n{text}"))
    }

    /// Prints the end, with commands to try.
    pub(super) fn closing(&self, home: &DemoHome) -> Result<(), Failure> {
        let took = number::duration(self.started.elapsed());
        let next = match home {
            DemoHome::Temporary(_) => {
                "Look around: `purser demo --keep DIR`, then `purser candidates --home DIR`.".into()
            }
            DemoHome::Kept(dir) => {
                format!(
                    "Look around: `purser candidates --home {}`; the application has stopped.",
                    dir.display()
                )
            }
        };

        print(&format!(
            "\nIn {took} a connector was uploaded, granted, connected and run, and every wasted seat found.\n\
             {next}\n\
             Your own application: the README shows how to write a connector in 40 lines."
        ))
    }
}
