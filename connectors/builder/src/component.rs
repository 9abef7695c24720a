//! From a core module, as the compiler makes it, to a component, as the host takes it.

use crate::BuildError;
use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

/// Custom sections in which the SDK's bindings record the interface begin with this.
const INTERFACE_SECTION: &str = "component-type";

/// Wraps a core module made with the connector SDK as a component, and validates the result.
///
/// # Errors
/// When `core` is no core module, was not made with the SDK, or does not keep to the interface.
pub fn componentize(core: &[u8]) -> Result<Vec<u8>, BuildError> {
    if !names_its_interface(core)? {
        return Err(BuildError::NoInterface);
    }
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.encode());
    encoded.map_err(|error| BuildError::Unfit(format!("{error:#}")))
}

/// Whether a core module has a section that says which interface it implements.
fn names_its_interface(core: &[u8]) -> Result<bool, BuildError> {
    let mut found = false;
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(|error| BuildError::NotAModule(error.to_string()))? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => {
                return Err(BuildError::NotAModule("it is a component already".into()));
            }
            Payload::CustomSection(section) => {
                found |= section.name().starts_with(INTERFACE_SECTION)
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
    fn a_module_made_without_the_sdk_is_refused() {
        let plain = wat::parse_str("(module (memory 1))").unwrap();
        assert!(matches!(refusal(&plain), BuildError::NoInterface));
    }

    #[test]
    fn what_is_no_core_module_is_refused() {
        let component = wat::parse_str("(component)").unwrap();
        for bytes in [&b""[..], b"#!/bin/sh\n", &component, b"\0asm\x01\0\0"] {
            assert!(
                matches!(refusal(bytes), BuildError::NotAModule(_)),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn a_module_that_lies_about_its_interface_is_refused() {
        let liar =
            wat::parse_str(r#"(module (@custom "component-type:x" "no such thing"))"#).unwrap();
        assert!(matches!(refusal(&liar), BuildError::Unfit(_)));
    }
}
