//! Purser's command line: who holds a seat of which SaaS product, who uses it, what is owned, and what is wasted.

mod cli;
mod demo;
mod logging;
mod render;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    logging::start();
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            cli::remark(&failure.report());
            ExitCode::from(failure.exit_code())
        }
    }
}
