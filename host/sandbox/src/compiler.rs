//! Compiling in a process of its own. A compiler is large, and a component can be made to keep it busy or to eat memory: that is outside of
//! what wasmtime promises. So the bytes of a stranger are compiled by a child with little time, little memory, and nothing else to lose.

use crate::engine::code_config;
use crate::error::SandboxError;
use crate::{inspect, shape};
use nix::sys::resource::{Resource, setrlimit};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use wasmtime::Engine;

/// What a child may take.
struct Bounds {
    /// Seconds of processor time.
    cpu_seconds: u64,
    /// Bytes of address space.
    memory_bytes: u64,
}

/// A connector of 20 MB, with its interpreter inside, takes about ten seconds.
const BOUNDS: Bounds = Bounds {
    cpu_seconds: 60,
    memory_bytes: 4 << 30,
};

/// How long compiling may take in all, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(120);

/// The most machine code that is taken from a child.
const MOST_CODE: u64 = 1 << 30;

/// How often is looked whether the child is done.
const GLANCE: Duration = Duration::from_millis(5);

/// Machine code that this program made, of bytes that it inspected: what wasmtime may run.
///
/// Running any other is as good as running a stranger's native program, so there are two ways to one: [`Compiler::compile`], and the word of
/// whoever kept it where nobody else could change it unnoticed.
pub struct MachineCode(Vec<u8>);

impl MachineCode {
    /// Machine code that was kept since it was compiled. The caller vouches that every byte is as [`Compiler::compile`] gave it, to a
    /// [`Sandbox`](crate::Sandbox) with the same fingerprint.
    #[must_use]
    pub const fn vouched_for(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Compiles components.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// In a child: this program with these arguments, which calls [`compile_as_child`].
    Child {
        /// The program.
        program: PathBuf,
        /// What makes it a compiler.
        arguments: Vec<String>,
    },
    /// In this process, without limits: for tests and benchmarks, which know what they compile.
    Here,
}

impl Compiler {
    /// Compiles a component, after it was inspected. Blocks.
    ///
    /// # Errors
    /// When the bytes are no connector that this host can run, or compiling takes more than it may.
    pub fn compile(&self, bytes: &[u8]) -> Result<MachineCode, SandboxError> {
        inspect::inspect(bytes)?;
        shape::check(bytes)?;
        match self {
            Self::Here => compile(bytes).map(MachineCode),
            Self::Child { program, arguments } => {
                let mut command = Command::new(program);
                // Nothing of the parent's is the child's business, least of all a key in the environment.
                command
                    .args(arguments)
                    .env_clear()
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped());
                let child = command.spawn().map_err(|error| not_started(&error))?;
                supervise(child, bytes, PATIENCE).map(MachineCode)
            }
        }
    }
}

/// What the child does: limits itself, reads a component from standard input, and writes machine code to standard output.
///
/// # Errors
/// What is wrong with the component, for standard error.
pub fn compile_as_child() -> Result<(), SandboxError> {
    compile_within(&BOUNDS)
}

fn compile_within(bounds: &Bounds) -> Result<(), SandboxError> {
    let host = |error: &dyn std::fmt::Display| {
        SandboxError::Engine(format!("the compiler's process: {error}"))
    };
    for (resource, limit) in [
        (Resource::RLIMIT_CPU, bounds.cpu_seconds),
        (Resource::RLIMIT_AS, bounds.memory_bytes),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, 0),
    ] {
        setrlimit(resource, limit, limit).map_err(|error| host(&error))?;
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| host(&error))?;
    let code = compile(&bytes)?;
    let mut out = io::stdout().lock();
    out.write_all(&code)
        .and_then(|()| out.flush())
        .map_err(|error| host(&error))
}

fn compile(bytes: &[u8]) -> Result<Vec<u8>, SandboxError> {
    let engine =
        Engine::new(&code_config()).map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
    let refused = |error: wasmtime::Error| {
        SandboxError::Compile(crate::text::plain(&format!("{error:#}"), 1000))
    };
    engine.precompile_component(bytes).map_err(refused)
}

/// Feeds the child, takes what it makes, and ends it when it takes too long.
fn supervise(mut child: Child, bytes: &[u8], patience: Duration) -> Result<Vec<u8>, SandboxError> {
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(SandboxError::Engine(
            "the compiler's process has no pipes".into(),
        ));
    };
    let ended = thread::scope(|scope| {
        scope.spawn(move || feed(stdin, bytes));
        let code = scope.spawn(move || read_up_to(stdout, MOST_CODE));
        let complaint = scope.spawn(move || read_up_to(stderr, 4096));
        let status = wait(&mut child, patience);
        let code = code.join().unwrap_or_default();
        let complaint = complaint.join().unwrap_or_default();
        status.map(|status| (status, code, complaint))
    });
    let (Some(status), code, complaint) = ended.map_err(|error| not_started(&error))? else {
        return Err(SandboxError::CompileLimit {
            limit: format!("{} seconds", patience.as_secs()),
        });
    };
    if status.success() {
        return Ok(code);
    }
    match status.code() {
        // The child said what is wrong with the component.
        Some(COMPLAINT) => Err(SandboxError::Compile(crate::text::plain(
            String::from_utf8_lossy(&complaint).trim(),
            1000,
        ))),
        // Killed by the kernel, or by its own allocator: it asked for more than it may have.
        _ => Err(SandboxError::CompileLimit {
            limit: format!(
                "{} seconds of processor time and {} GiB of memory",
                BOUNDS.cpu_seconds,
                BOUNDS.memory_bytes >> 30
            ),
        }),
    }
}

/// The exit code of a child that has something to say about the component.
pub const COMPLAINT: i32 = 4;

fn feed(mut stdin: ChildStdin, bytes: &[u8]) {
    // A child that ends before it has read everything says why by itself.
    drop(stdin.write_all(bytes));
}

fn read_up_to(pipe: impl io::Read, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What is cut short does not load, and its child is told apart by how it ended.
    drop(pipe.take(limit).read_to_end(&mut bytes));
    bytes
}

/// How the child ended; nothing if it had to be ended.
fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<std::process::ExitStatus>> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(GLANCE);
    }
}

fn not_started(error: &io::Error) -> SandboxError {
    SandboxError::Engine(format!("the compiler's process could not be run: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(script: &str) -> Result<Vec<u8>, SandboxError> {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        supervise(
            command.spawn().unwrap(),
            b"component",
            Duration::from_secs(2),
        )
    }

    #[test]
    fn what_a_child_makes_is_taken() {
        assert_eq!(child("cat"), Ok(b"component".to_vec()));
    }

    #[test]
    fn what_a_child_says_of_the_component_is_told() {
        assert_eq!(
            child("echo bad >&2; exit 4"),
            Err(SandboxError::Compile("bad".into()))
        );
        let Err(SandboxError::Compile(long)) = child("yes bad | head -c 100000 >&2; exit 4") else {
            panic!()
        };
        assert!(long.len() <= 1000 && !long.contains('\n'), "{long}");
    }

    #[test]
    fn a_child_that_dies_went_over_its_limits() {
        for script in ["kill -XCPU $$", "kill -ABRT $$", "kill -SEGV $$", "exit 1"] {
            assert!(
                matches!(child(script), Err(SandboxError::CompileLimit { .. })),
                "{script}"
            );
        }
    }

    #[test]
    fn a_child_that_waits_for_ever_is_ended() {
        let began = Instant::now();
        assert_eq!(
            child("exec sleep 60"),
            Err(SandboxError::CompileLimit {
                limit: "2 seconds".into()
            })
        );
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_a_child_makes_has_an_end() {
        assert_eq!(read_up_to(io::repeat(0), 100).len(), 100);
    }

    /// With a function of so many calls.
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
    fn a_child_is_told_nothing_of_the_environment() {
        let arguments = vec!["-c".to_owned(), "env >&2; exit 4".into()];
        let told = Compiler::Child {
            program: "/bin/sh".into(),
            arguments,
        }
        .compile(&component(10));
        let Err(SandboxError::Compile(told)) = told.map(|_| ()) else {
            panic!("it said nothing")
        };
        // What a shell sets by itself.
        let own = ["PWD", "OLDPWD", "SHLVL", "_"];
        let names = std::env::vars()
            .map(|(name, _)| name)
            .filter(|name| !own.contains(&name.as_str()));
        let names: Vec<_> = names.collect();
        assert!(!names.is_empty() && told.contains("PWD="), "{told}");
        assert!(
            names.iter().all(|name| !told.contains(&format!("{name}="))),
            "{told}"
        );
    }

    /// Has one of the ignored tests below, in a process of its own, compile a function of so many calls.
    fn compiled_by(test: &str, calls: usize) -> Result<MachineCode, SandboxError> {
        let arguments = [
            "--ignored",
            "--exact",
            "--nocapture",
            &format!("compiler::tests::{test}"),
        ];
        let arguments = arguments.map(str::to_owned).to_vec();
        let compiler = Compiler::Child {
            program: std::env::current_exe().unwrap(),
            arguments,
        };
        compiler.compile(&component(calls))
    }

    /// What `shape` lets through, and still takes three seconds and half a gigabyte.
    const LARGE: usize = 260_000;

    #[test]
    fn a_component_that_takes_too_much_time_ends_its_compiler() {
        assert!(compiled_by("child_with_little_time", 10).is_ok());
        let error = compiled_by("child_with_little_time", LARGE).err();
        assert!(
            matches!(error, Some(SandboxError::CompileLimit { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn a_component_that_takes_too_much_memory_ends_its_compiler() {
        assert!(compiled_by("child_with_little_memory", 10).is_ok());
        let error = compiled_by("child_with_little_memory", LARGE).err();
        assert!(
            matches!(error, Some(SandboxError::CompileLimit { .. })),
            "{error:?}"
        );
    }

    /// Without it, the two above would show nothing.
    #[test]
    fn the_same_component_compiles_within_the_usual_bounds() {
        assert!(compiled_by("child_as_usual", LARGE).is_ok());
    }

    fn be_a_child(bounds: &Bounds) {
        // Also where somebody runs ignored tests who feeds them nothing.
        std::process::exit(if compile_within(bounds).is_ok() {
            0
        } else {
            COMPLAINT
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_with_little_time() {
        be_a_child(&Bounds {
            cpu_seconds: 1,
            ..BOUNDS
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_with_little_memory() {
        be_a_child(&Bounds {
            memory_bytes: 500 << 20,
            ..BOUNDS
        });
    }

    #[test]
    #[ignore = "run in a process of its own by the tests above"]
    fn child_as_usual() {
        be_a_child(&BOUNDS);
    }
}
