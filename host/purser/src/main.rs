//! Purser's command line: who holds a seat of which SaaS product, who uses it, what is owned, and what is wasted.

mod cli;
mod demo;
mod logging;
mod render;

use std::process::ExitCode;

fn main() -> ExitCode {
    if cli::compiler::is_asked_for() {
        return cli::compiler::compile();
    }
    command()
}

#[tokio::main]
async fn command() -> ExitCode {
    logging::start();
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            cli::remark(&failure.report());
            ExitCode::from(failure.exit_code())
        }
    }
}
