//! The hidden command that compiles a connector in a child process. Only Purser itself runs it.

use super::Failure;
use purser_engine::{Compiler, EXIT_INVALID_COMPONENT, compile_as_child};
use purser_model::{Blame, Blamed as _};
use std::process::ExitCode;

/// The only argument of the child process.
const ARGUMENT: &str = "__compile";

/// Returns the compiler that runs this program as its child process.
pub(crate) fn compiler() -> Result<Compiler, Failure> {
    let program = std::env::current_exe().map_err(|error| {
        Failure::machine(
            format!("the path of this program is unknown: {error}"),
            "start it by its full path",
        )
    })?;

    Ok(Compiler::Child {
        program,
        arguments: vec![ARGUMENT.to_owned()],
    })
}

/// Returns true if this process is the child.
pub(crate) fn is_requested() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == ARGUMENT)
}

/// Compiles from standard input to standard output.
pub(crate) fn compile() -> ExitCode {
    match compile_as_child() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            super::terminal::notice(&error.to_string());
            match error.blame() {
                Blame::Host => ExitCode::FAILURE,
                // A code of its own tells the parent that the component is at fault.
                _ => u8::try_from(EXIT_INVALID_COMPONENT).map_or(ExitCode::FAILURE, ExitCode::from),
            }
        }
    }
}
