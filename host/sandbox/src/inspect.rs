//! Checks of uploaded bytes before compilation.
//!
//! Only the outermost layer is read: the names of imports and exports. wasmtime validates the rest
//! and the types.

use crate::error::SandboxError;
use crate::limits::MAX_COMPONENT_BYTES;
use crate::text::plain;
use crate::wit::{EXPORT, IMPORTS, PACKAGE, WIT_VERSION};
use std::collections::BTreeSet;
use wasmparser::{BinaryReaderError, Chunk, Encoding, Parser, Payload};

/// The first bytes of every WebAssembly file.
const MAGIC: &[u8] = b"\0asm";

/// Checks that the bytes are a component that imports only what this host offers, and exports what
/// a connector must.
pub(crate) fn inspect(bytes: &[u8]) -> Result<(), SandboxError> {
    if bytes.len() > MAX_COMPONENT_BYTES {
        return Err(SandboxError::TooLarge { bytes: bytes.len() });
    }
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(SandboxError::Precompiled);
    }
    if !bytes.starts_with(MAGIC) {
        let truncated = !bytes.is_empty() && MAGIC.starts_with(bytes);
        return Err(if truncated {
            SandboxError::Truncated { bytes: bytes.len() }
        } else {
            SandboxError::NotWasm {
                empty: bytes.is_empty(),
            }
        });
    }

    Names::read(bytes)?.check()
}

/// The names in a component's outermost layer.
#[derive(Default)]
struct Names<'a> {
    imports: BTreeSet<&'a str>,
    exports: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Collects the names, skipping nested modules and components.
    fn read(bytes: &'a [u8]) -> Result<Self, SandboxError> {
        let truncated = || SandboxError::Truncated { bytes: bytes.len() };
        let mut names = Names::default();
        let mut parser = Parser::new(0);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (consumed, payload) = match parser.parse(rest, false).map_err(malformed)? {
                Chunk::NeedMoreData(_) => return Err(truncated()),
                Chunk::Parsed { consumed, payload } => (consumed, payload),
            };
            let skip = consumed.saturating_add(nested_bytes(&payload));
            names.add(payload)?;

            rest = rest.get(skip..).ok_or_else(truncated)?;
        }
        Ok(names)
    }

    fn add(&mut self, payload: Payload<'a>) -> Result<(), SandboxError> {
        match payload {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } => return Err(SandboxError::CoreModule),
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.imports.insert(import.map_err(malformed)?.name.name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.exports.insert(export.map_err(malformed)?.name.name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check(&self) -> Result<(), SandboxError> {
        let other_version = self
            .imports
            .iter()
            .chain(&self.exports)
            .filter_map(|name| package_version(name))
            .find(|version| *version != WIT_VERSION);
        if let Some(version) = other_version {
            return Err(SandboxError::OtherVersion {
                required: plain(version, 40),
            });
        }

        let offered = IMPORTS.map(|name| format!("{PACKAGE}{name}@{WIT_VERSION}"));
        let unknown: Vec<_> = self
            .imports
            .iter()
            .filter(|name| !offered.iter().any(|offered| offered == *name))
            .take(5)
            .map(|name| plain(name, 100))
            .collect();
        if !unknown.is_empty() {
            return Err(SandboxError::UnknownImports { names: unknown });
        }

        let export = format!("{PACKAGE}{EXPORT}@{WIT_VERSION}");
        if self.exports.contains(export.as_str()) {
            Ok(())
        } else {
            Err(SandboxError::MissingExport { export })
        }
    }
}

/// Returns the length of a nested module or component, which the parser has not consumed.
fn nested_bytes(payload: &Payload<'_>) -> usize {
    match payload {
        Payload::ModuleSection {
            unchecked_range, ..
        }
        | Payload::ComponentSection {
            unchecked_range, ..
        } => usize::try_from(unchecked_range.end - unchecked_range.start).unwrap_or(usize::MAX),
        _ => 0,
    }
}

fn malformed(error: BinaryReaderError) -> SandboxError {
    SandboxError::Malformed(plain(&error.to_string(), 300))
}

/// Returns `0.2.0` for `purser:connector/http@0.2.0`, and `None` for names of other packages.
fn package_version(name: &str) -> Option<&str> {
    name.strip_prefix(PACKAGE)?
        .split_once('@')
        .map(|(_, version)| version)
}
