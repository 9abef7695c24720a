//! What uploaded bytes are, before anything is compiled. Only the outermost layer is read: what a component imports and exports by name.
//! Whether the rest is valid, and whether the names have the right types, is wasmtime's to find out.

use crate::error::SandboxError;
use crate::text::plain;
use std::collections::BTreeSet;
use wasmparser::{Chunk, Encoding, Parser, Payload};

/// The version of the WIT package `purser:connector` that this host offers.
pub const WIT_VERSION: &str = "0.1.0";

/// The largest component accepted. Guests of interpreted languages carry their interpreter, which takes 10 to 20 MB.
pub(crate) const MAX_BYTES: usize = 64 << 20;

const PACKAGE: &str = "purser:connector/";
const IMPORTS: [&str; 3] = ["types", "http", "log"];
const EXPORT: &str = "actions";

/// Checks that the bytes are a component that imports nothing but what this host offers, and exports what a connector does.
pub(crate) fn inspect(bytes: &[u8]) -> Result<(), SandboxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SandboxError::TooLarge { bytes: bytes.len() });
    }
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(SandboxError::Precompiled);
    }
    let magic = b"\0asm";
    if !bytes.starts_with(magic) {
        let cut_off = !bytes.is_empty() && magic.starts_with(bytes);
        return Err(match cut_off {
            true => SandboxError::Truncated { bytes: bytes.len() },
            false => SandboxError::NotWasm {
                empty: bytes.is_empty(),
            },
        });
    }
    names(bytes)?.judge()
}

/// The names in a component's outermost layer.
#[derive(Default)]
struct Names<'a> {
    imports: BTreeSet<&'a str>,
    exports: BTreeSet<&'a str>,
}

/// Collects the names, stepping over nested modules and components.
fn names(bytes: &[u8]) -> Result<Names<'_>, SandboxError> {
    let malformed = |error: wasmparser::BinaryReaderError| {
        SandboxError::Malformed(plain(&error.to_string(), 300))
    };
    let truncated = || SandboxError::Truncated { bytes: bytes.len() };
    let mut names = Names::default();
    let mut parser = Parser::new(0);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (consumed, payload) = match parser.parse(rest, false).map_err(malformed)? {
            Chunk::NeedMoreData(_) => return Err(truncated()),
            Chunk::Parsed { consumed, payload } => (consumed, payload),
        };
        let mut skip = consumed;
        match payload {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } => return Err(SandboxError::CoreModule),
            Payload::ModuleSection {
                unchecked_range: nested,
                ..
            }
            | Payload::ComponentSection {
                unchecked_range: nested,
                ..
            } => {
                let length = usize::try_from(nested.end - nested.start).unwrap_or(usize::MAX);
                skip = skip.saturating_add(length);
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    names.imports.insert(import.map_err(malformed)?.name.name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    names.exports.insert(export.map_err(malformed)?.name.name);
                }
            }
            _ => {}
        }
        rest = rest.get(skip..).ok_or_else(truncated)?;
    }
    Ok(names)
}

impl Names<'_> {
    fn judge(&self) -> Result<(), SandboxError> {
        let versions = self
            .imports
            .iter()
            .chain(&self.exports)
            .filter_map(|name| version_of_package(name));
        if let Some(other) = versions.into_iter().find(|version| *version != WIT_VERSION) {
            return Err(SandboxError::OtherVersion {
                wanted: plain(other, 40),
            });
        }
        let offered: Vec<_> = IMPORTS
            .iter()
            .map(|name| format!("{PACKAGE}{name}@{WIT_VERSION}"))
            .collect();
        let unknown = self
            .imports
            .iter()
            .filter(|name| !offered.iter().any(|offered| offered == *name));
        let names: Vec<_> = unknown.take(5).map(|name| plain(name, 100)).collect();
        if !names.is_empty() {
            return Err(SandboxError::UnknownImports { names });
        }
        let export = format!("{PACKAGE}{EXPORT}@{WIT_VERSION}");
        match self.exports.contains(export.as_str()) {
            true => Ok(()),
            false => Err(SandboxError::MissingExport { export }),
        }
    }
}

/// `0.2.0` of `purser:connector/http@0.2.0`, nothing of other packages' names.
fn version_of_package(name: &str) -> Option<&str> {
    name.strip_prefix(PACKAGE)?
        .split_once('@')
        .map(|(_, version)| version)
}
