//! Whether compiling a component takes time and memory in proportion to its size.
//!
//! A compiler's work on one function grows faster than the function, so that a file of some kilobytes can keep it busy for minutes. The
//! process that compiles is ended then; what is plain to see beforehand is refused at once, and with a reason. What connectors are compiled from stays far below each of these numbers, interpreters of other languages
//! included.

use crate::error::SandboxError;
use crate::text::plain;
use wasmparser::{BinaryReaderError, ComponentInstance, FunctionBody, Operator, Parser, Payload};

/// Functions of the whole file.
const FUNCTIONS: u64 = 50_000;
/// Types of the whole file.
const TYPES: u64 = 10_000;
/// Data segments of the whole file. Placing them is quadratic.
const DATA_SEGMENTS: u64 = 5_000;
/// Modules and components in each other.
const NESTED: u64 = 50;
/// Bytes of code of the whole file.
const CODE: u64 = 16 << 20;
/// Bytes of one function.
const FUNCTION: u64 = 512 << 10;
/// Blocks in each other. A `match` takes one for each case.
const DEPTH: u64 = 4_000;
/// Instances of components that the file makes. Each can be of a component that makes others itself, so that their number multiplies.
const INSTANTIATIONS: u64 = 16;
/// Targets of all `br_table`s of the file.
const TARGETS: u64 = 500_000;
/// Locals of one function.
const LOCALS: u64 = 10_000;
/// Loops in each other, times the locals of their function: each loop may have to carry on each local.
const CARRIED: u64 = 50_000;

/// Refuses what is out of all proportion.
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

/// Fails when there is more of something than there may be.
const fn at_most(max: u64, found: u64, what: &'static str) -> Result<(), SandboxError> {
    if found > max {
        Err(SandboxError::TooComplex { what, found, max })
    } else {
        Ok(())
    }
}

/// What is counted over the whole file, its nested modules and components included.
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
        at_most(NESTED, self.nested, "components in each other")?;
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
        // Of the blocks that are open, which are loops.
        let (mut open, mut loops) = (Vec::new(), 0_u64);
        for operator in body.get_operators_reader().map_err(malformed)? {
            match operator.map_err(malformed)? {
                Operator::Loop { .. } => {
                    open.push(true);
                    loops += 1;
                    at_most(
                        CARRIED,
                        loops.saturating_mul(locals),
                        "locals times loops in each other",
                    )?;
                }
                Operator::Block { .. } | Operator::If { .. } => open.push(false),
                Operator::End => loops -= u64::from(open.pop() == Some(true)),
                Operator::BrTable { targets } => self.targets += u64::from(targets.len()),
                _ => {}
            }
            at_most(DEPTH, open.len() as u64, "blocks in each other")?;
        }
        at_most(TARGETS, self.targets, "targets of br_table")
    }
}
