//! This program as the child that compiles connectors. It is no verb: nobody but Purser asks for it.

use super::Failure;
use purser_engine::{COMPLAINT, Compiler, compile_as_child};
use purser_model::{Blame, Blamed as _};
use std::process::ExitCode;

/// The one argument of the child.
const ARGUMENT: &str = "__compile";

/// The compiler that this program is.
pub(crate) fn child() -> Result<Compiler, Failure> {
    let program = std::env::current_exe().map_err(|error| {
        Failure::machine(
            format!("this program does not find itself: {error}"),
            "start it by its full path",
        )
    })?;
    Ok(Compiler::Child {
        program,
        arguments: vec![ARGUMENT.to_owned()],
    })
}

/// Whether this process is that child.
pub(crate) fn is_asked_for() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == ARGUMENT)
}

/// Compiles from standard input to standard output.
pub(crate) fn compile() -> ExitCode {
    match compile_as_child() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            super::remark(&error.to_string());
            match error.blame() {
                Blame::Host => ExitCode::FAILURE,
                _ => u8::try_from(COMPLAINT).map_or(ExitCode::FAILURE, ExitCode::from),
            }
        }
    }
}
