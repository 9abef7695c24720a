//! The demonstration: an invented company finds out what it wastes on an invented application. Everything else is real: the application is
//! an HTTP server, the connector a component in its sandbox, and each step the use-case that the command beside it runs.

mod cast;
mod narrator;
mod steps;

use crate::cli::Failure;
use narrator::Narrator;
use std::path::PathBuf;
use steps::Demonstration;

/// Runs all of it.
pub(crate) async fn run(users: u32, keep: Option<PathBuf>) -> Result<(), Failure> {
    let home = cast::Home::new(keep)?;
    let mut narrator = Narrator::new();
    narrator.opening(users)?;
    let demonstration = Demonstration::start(&mut narrator, users, &home)?;
    demonstration.upload(&mut narrator).await?;
    demonstration.grant(&mut narrator)?;
    demonstration.connect(&mut narrator).await?;
    demonstration.publish(&mut narrator).await?;
    demonstration.import(&mut narrator)?;
    demonstration.reconcile(&mut narrator)?;
    narrator.closing(&home)
}
