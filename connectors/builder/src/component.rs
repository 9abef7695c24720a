//! Conversion of a core module, from the compiler, to a component, for the host.

use crate::BuildError;
use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

/// Beginning of the names of custom sections in which the SDK records the interface.
const INTERFACE_SECTION: &str = "component-type";

/// Part of the names of the functions that the SDK's macro exports.
const ACTIONS: &str = "purser:connector/actions";

/// Wraps a core module built with the SDK as a component, and validates the result.
///
/// # Errors
/// Fails if `core` is not a core module, was not built with the SDK, or does not match the
/// interface.
pub fn componentize(core: &[u8]) -> Result<Vec<u8>, BuildError> {
    let declared = declared(core)?;
    if !declared.interface {
        return Err(BuildError::NoInterface);
    }
    if !declared.connector {
        return Err(BuildError::NoConnector);
    }

    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.encode());
    encoded.map_err(|error| BuildError::InterfaceMismatch(format!("{error:#}")))
}

/// The declarations found in a core module.
#[derive(Default)]
struct Declared {
    /// True if it names the interface that it implements.
    interface: bool,
    /// True if it exports a connector.
    connector: bool,
}

fn declared(core: &[u8]) -> Result<Declared, BuildError> {
    let mut found = Declared::default();
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(|error| BuildError::NotAModule(error.to_string()))? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => {
                return Err(BuildError::NotAModule("it is a component already".into()));
            }
            Payload::CustomSection(section) => {
                found.interface |= section.name().starts_with(INTERFACE_SECTION)
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export =
                        export.map_err(|error| BuildError::NotAModule(error.to_string()))?;
                    found.connector |= export.name.contains(ACTIONS);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> BuildError {
        componentize(bytes).unwrap_err()
    }

    #[test]
    fn module_built_without_the_sdk_is_refused() {
        let plain = wat::parse_str("(module (memory 1))").unwrap();
        assert!(matches!(refusal(&plain), BuildError::NoInterface));
    }

    #[test]
    fn file_that_is_not_a_core_module_is_refused() {
        let component = wat::parse_str("(component)").unwrap();
        for bytes in [&b""[..], b"#!/bin/sh\n", &component, b"\0asm\x01\0\0"] {
            assert!(
                matches!(refusal(bytes), BuildError::NotAModule(_)),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn module_without_the_macro_is_refused_with_its_name() {
        for exports in ["", r#"(func (export "other"))"#] {
            let module = format!(r#"(module (@custom "component-type:x" "any") {exports})"#);
            let error = refusal(&wat::parse_str(module).unwrap());
            assert!(matches!(error, BuildError::NoConnector));
            assert!(error.to_string().contains("purser_sdk::export!"), "{error}");
        }
    }

    #[test]
    fn module_with_an_invalid_interface_section_is_refused() {
        let invalid = wat::parse_str(
            r#"(module (@custom "component-type:x" "no such thing")
                (func (export "purser:connector/actions@0.1.0#describe")))"#,
        )
        .unwrap();
        assert!(matches!(
            refusal(&invalid),
            BuildError::InterfaceMismatch(_)
        ));
    }
}
