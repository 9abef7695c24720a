//! Limits of a component's structure that keep compile time proportional to its size.
//!
//! The time to compile a function grows faster than the function, so a file of some kilobytes can
//! keep the compiler busy for minutes. The compiling process is killed then, but components that
//! are obviously too complex are refused at once, with a reason. Real connectors stay far below
//! each limit, including those that contain an interpreter.

use crate::error::SandboxError;
use crate::text::plain;
use wasmparser::{BinaryReaderError, ComponentInstance, FunctionBody, Operator, Parser, Payload};

/// Functions in the whole file.
const FUNCTIONS: u64 = 50_000;
/// Types in the whole file.
const TYPES: u64 = 10_000;
/// Data segments in the whole file. Placing them takes quadratic time.
const DATA_SEGMENTS: u64 = 5_000;
/// Nesting depth of modules and components.
const NESTED: u64 = 50;
/// Bytes of code in the whole file.
const CODE: u64 = 16 << 20;
/// Bytes of code in one function.
const FUNCTION: u64 = 512 << 10;
/// Nesting depth of blocks. A `match` takes one block per case.
const DEPTH: u64 = 4_000;
/// Component instances that the file creates. Each may create others, so their number multiplies.
const INSTANTIATIONS: u64 = 16;
/// Targets of all `br_table` instructions in the file.
const TARGETS: u64 = 500_000;
/// Locals in one function.
const LOCALS: u64 = 10_000;
/// Nesting depth of loops times the locals of the function: each loop may have to carry each local.
const LOOP_LOCALS: u64 = 50_000;

/// Refuses a component that exceeds one of the limits.
pub(crate) fn check(bytes: &[u8]) -> Result<(), SandboxError> {
    let mut sums = Sums::default();
    for payload in Parser::new(0).parse_all(bytes) {
        sums.add(&payload.map_err(malformed)?)?;
    }
    Ok(())
}

fn malformed(error: BinaryReaderError) -> SandboxError {
    SandboxError::Malformed(plain(&error.to_string(), 300))
}

/// Fails if `found` exceeds `max`.
const fn at_most(max: u64, found: u64, what: &'static str) -> Result<(), SandboxError> {
    if found > max {
        Err(SandboxError::TooComplex { what, found, max })
    } else {
        Ok(())
    }
}

/// Counts over the whole file, including nested modules and components.
#[derive(Default)]
struct Sums {
    functions: u64,
    types: u64,
    data_segments: u64,
    instantiations: u64,
    nested: u64,
    code: u64,
    targets: u64,
}

impl Sums {
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), SandboxError> {
        match payload {
            Payload::Version { .. } => self.nested += 1,
            Payload::End(_) => self.nested = self.nested.saturating_sub(1),
            Payload::TypeSection(section) => self.types += u64::from(section.count()),
            Payload::ComponentTypeSection(section) => self.types += u64::from(section.count()),
            Payload::CoreTypeSection(section) => self.types += u64::from(section.count()),
            Payload::FunctionSection(section) => self.functions += u64::from(section.count()),
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    let instance = instance.map_err(malformed)?;
                    self.instantiations +=
                        u64::from(matches!(instance, ComponentInstance::Instantiate { .. }));
                }
            }
            Payload::DataSection(section) => self.data_segments += u64::from(section.count()),
            Payload::CodeSectionEntry(body) => self.add_function(body)?,
            _ => {}
        }

        at_most(FUNCTIONS, self.functions, "functions")?;
        at_most(TYPES, self.types, "types")?;
        at_most(NESTED, self.nested, "nested components")?;
        at_most(
            INSTANTIATIONS,
            self.instantiations,
            "instances of components",
        )?;
        at_most(DATA_SEGMENTS, self.data_segments, "data segments")
    }

    fn add_function(&mut self, body: &FunctionBody<'_>) -> Result<(), SandboxError> {
        let range = body.range();
        let bytes = range.end.saturating_sub(range.start);
        at_most(FUNCTION, bytes, "bytes in one function")?;
        self.code += bytes;
        at_most(CODE, self.code, "bytes of code")?;

        let mut locals: u64 = 0;
        for group in body.get_locals_reader().map_err(malformed)? {
            locals += u64::from(group.map_err(malformed)?.0);
        }
        at_most(LOCALS, locals, "locals in one function")?;

        // One entry per open block: true for a loop.
        let mut open = Vec::new();
        let mut loops = 0_u64;
        for operator in body.get_operators_reader().map_err(malformed)? {
            match operator.map_err(malformed)? {
                Operator::Loop { .. } => {
                    open.push(true);
                    loops += 1;
                    at_most(
                        LOOP_LOCALS,
                        loops.saturating_mul(locals),
                        "locals times nested loops",
                    )?;
                }
                Operator::Block { .. } | Operator::If { .. } => open.push(false),
                Operator::End => loops -= u64::from(open.pop() == Some(true)),
                Operator::BrTable { targets } => self.targets += u64::from(targets.len()),
                _ => {}
            }
            at_most(DEPTH, open.len() as u64, "nested blocks")?;
        }

        at_most(TARGETS, self.targets, "targets of br_table")
    }
}
