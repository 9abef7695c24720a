//! The command line of Purser: seats of SaaS products that the company owns, holds, uses and
//! wastes.

mod cli;
mod json;
mod logging;
mod render;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    if cli::compiler_process::is_requested() {
        return cli::compiler_process::compile();
    }

    run_command()
}

#[tokio::main]
async fn run_command() -> ExitCode {
    logging::start();

    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            cli::notice(&failure.report());
            ExitCode::from(failure.exit_code())
        }
    }
}
