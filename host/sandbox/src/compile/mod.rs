//! Compiles components in a child process.
//!
//! A compiler is large, and a component can be built to keep it busy or to exhaust memory; wasmtime
//! promises nothing about that. So the child gets little time, little memory, and no environment.

mod limits;
mod process;

pub use process::EXIT_INVALID_COMPONENT;

use crate::config::compile_config;
use crate::error::SandboxError;
use crate::text::{MAX_ERROR, one_line};
use crate::{complexity, inspect};
use limits::{PROCESS_LIMITS, ProcessLimits};
use std::fmt::Display;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use wasmtime::Engine;

/// Longest duration of a compilation, on a machine that is busy with other work.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Machine code that this program compiled from bytes that it inspected.
///
/// Loading any other code would run an arbitrary native program. So there are two constructors:
/// [`Compiler::compile`], and the promise of a caller who stored it where nobody else could change
/// it unnoticed.
pub struct MachineCode(Vec<u8>);

impl MachineCode {
    /// Wraps machine code that was stored after compilation.
    ///
    /// The caller promises that every byte is as [`Compiler::compile`] returned it, for a
    /// [`Sandbox`](crate::Sandbox) with the same fingerprint.
    #[must_use]
    pub const fn from_trusted_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for storing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A way to compile components.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// In a child process: this program with these arguments, which calls [`compile_as_child`].
    Child {
        /// The program.
        program: PathBuf,
        /// The arguments that make it call [`compile_as_child`].
        arguments: Vec<String>,
    },
    /// In this process, without limits: for tests and benchmarks of known components.
    InProcess,
}

impl Compiler {
    /// Inspects and compiles a component.
    ///
    /// Blocks. [`Compiler::Child`] must not be called from async code, except through
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// Fails if the bytes are not a connector that this host can run, or compilation exceeds its
    /// limits.
    pub fn compile(&self, bytes: &[u8]) -> Result<MachineCode, SandboxError> {
        inspect::inspect(bytes)?;
        complexity::check(bytes)?;

        match self {
            Self::InProcess => compile(bytes).map(MachineCode),
            Self::Child { program, arguments } => {
                let mut command = Command::new(program);
                // The environment may hold the parent's keys.
                command.args(arguments).env_clear();
                process::run(command, bytes, TIMEOUT).map(MachineCode)
            }
        }
    }
}

/// Compiles as the child: limits this process, reads a component from standard input, and writes
/// machine code to standard output.
///
/// # Errors
/// Fails if the component is invalid; the message belongs on standard error.
pub fn compile_as_child() -> Result<(), SandboxError> {
    compile_within(&PROCESS_LIMITS)
}

fn compile_within(limits: &ProcessLimits) -> Result<(), SandboxError> {
    let failed =
        |error: &dyn Display| SandboxError::Engine(format!("the compiler's process: {error}"));
    limits.apply().map_err(|error| failed(&error))?;

    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;

    let code = compile(&bytes)?;

    let mut out = io::stdout().lock();
    out.write_all(&code)
        .and_then(|()| out.flush())
        .map_err(|error| failed(&error))
}

fn compile(bytes: &[u8]) -> Result<Vec<u8>, SandboxError> {
    let engine = Engine::new(&compile_config())
        .map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
    engine
        .precompile_component(bytes)
        .map_err(|error| SandboxError::Compile(one_line(&error, MAX_ERROR)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a component with a function of this many calls.
    fn component(calls: usize) -> Vec<u8> {
        wat::parse_str(format!(
            r#"(component (core module (func $f {})) (instance $none)
               (export "purser:connector/actions@{}" (instance $none)))"#,
            "call $f ".repeat(calls),
            crate::WIT_VERSION,
        ))
        .unwrap()
    }

    #[test]
    fn child_gets_no_variable_of_the_environment() {
        let arguments = vec!["-c".to_owned(), "env >&2; exit 4".into()];
        let compiler = Compiler::Child {
            program: "/bin/sh".into(),
            arguments,
        };

        let result = compiler.compile(&component(10)).map(|_| ());
        let Err(SandboxError::Compile(environment)) = result else {
            panic!("{result:?}")
        };

        // Set by a shell itself.
        let own = ["PWD", "OLDPWD", "SHLVL", "_"];
        let inherited: Vec<_> = std::env::vars()
            .map(|(name, _)| name)
            .filter(|name| !own.contains(&name.as_str()))
            .collect();
        assert!(
            !inherited.is_empty() && environment.contains("PWD="),
            "{environment}"
        );
        assert!(
            inherited
                .iter()
                .all(|name| !environment.contains(&format!("{name}="))),
            "{environment}"
        );
    }

    /// Compiles a function of this many calls in a child process that runs one of the ignored tests
    /// below.
    fn compiled_by(test: &str, calls: usize) -> Result<MachineCode, SandboxError> {
        let arguments = [
            "--ignored",
            "--exact",
            "--nocapture",
            &format!("compile::tests::{test}"),
        ];
        let compiler = Compiler::Child {
            program: std::env::current_exe().unwrap(),
            arguments: arguments.map(str::to_owned).to_vec(),
        };
        compiler.compile(&component(calls))
    }

    /// Number of calls that `complexity` accepts, and that takes three seconds and half a gigabyte.
    const LARGE: usize = 260_000;

    #[test]
    fn component_that_takes_too_much_time_is_refused() {
        assert!(compiled_by("child_with_little_time", 10).is_ok());

        let error = compiled_by("child_with_little_time", LARGE).err();
        assert!(
            matches!(error, Some(SandboxError::CompileLimit { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn component_that_takes_too_much_memory_is_refused() {
        assert!(compiled_by("child_with_little_memory", 10).is_ok());

        let error = compiled_by("child_with_little_memory", LARGE).err();
        assert!(
            matches!(error, Some(SandboxError::CompileLimit { .. })),
            "{error:?}"
        );
    }

    /// Shows that the two tests above fail because of their limits.
    #[test]
    fn same_component_within_the_usual_limits_compiles() {
        assert!(compiled_by("child_with_usual_limits", LARGE).is_ok());
    }

    fn compile_and_exit(limits: &ProcessLimits) {
        // Also when ignored tests are run by hand, with nothing on standard input.
        std::process::exit(if compile_within(limits).is_ok() {
            0
        } else {
            EXIT_INVALID_COMPONENT
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_with_little_time() {
        compile_and_exit(&ProcessLimits {
            cpu_seconds: 1,
            ..PROCESS_LIMITS
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_with_little_memory() {
        compile_and_exit(&ProcessLimits {
            memory_bytes: 500 << 20,
            ..PROCESS_LIMITS
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_with_usual_limits() {
        compile_and_exit(&PROCESS_LIMITS);
    }
}
