//! Uploads that are no connector: one clear reason each.

use crate::guest::Guest;
use crate::world::sandbox;
use purser_model::{Blame, Blamed};
use purser_sandbox::SandboxError;

fn refusal(bytes: &[u8]) -> SandboxError {
    let Err(error) = sandbox().compile(bytes) else {
        panic!("compiled")
    };
    assert!(
        error.next_step().is_some(),
        "{error} says nothing of what to do"
    );
    error
}

fn refusal_of(text: &str) -> SandboxError {
    refusal(&wat::parse_str(text).unwrap())
}

#[test]
fn something_else_altogether() {
    assert_eq!(refusal(b""), SandboxError::NotWasm { empty: true });
    assert_eq!(
        refusal(b"#!/bin/sh\nrm -rf /\n"),
        SandboxError::NotWasm { empty: false }
    );
    assert_eq!(
        refusal(b"(component)"),
        SandboxError::NotWasm { empty: false }
    );
}

#[test]
fn a_core_module() {
    let error = refusal_of("(module)");
    assert_eq!(
        (error.clone(), error.blame()),
        (SandboxError::CoreModule, Blame::Operator)
    );
    assert!(
        error
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("purser connector build")
    );
}

#[test]
fn a_file_cut_off_anywhere() {
    let bytes = Guest::honest().build();
    let ends: Vec<_> = (5..bytes.len())
        .step_by(7)
        .chain([1, bytes.len() - 1])
        .collect();
    let mut cut_off = 0;
    for end in &ends {
        match sandbox().compile(&bytes[..*end]) {
            Err(SandboxError::Truncated { bytes }) if bytes == *end => cut_off += 1,
            // Between two sections a file looks whole: without its exports, or without the names of
            // the tools that made it.
            Err(SandboxError::MissingExport { .. }) | Ok(_) => {}
            Err(other) => panic!("cut off at {end}: {other:?}"),
        }
    }
    assert!(cut_off * 10 > ends.len() * 9, "{cut_off} of {}", ends.len());
}

#[test]
fn machine_code_compiled_elsewhere() {
    let engine = wasmtime::Engine::default();
    let code = engine
        .precompile_component(&Guest::honest().build())
        .unwrap();
    assert_eq!(refusal(&code), SandboxError::Precompiled);
}

#[test]
fn an_import_that_no_connector_has() {
    let error = refusal_of(r#"(component (import "wasi:cli/environment@0.2.6" (instance)))"#);
    assert_eq!(
        error,
        SandboxError::UnknownImports {
            names: vec!["wasi:cli/environment@0.2.6".into()]
        }
    );
    assert_eq!(error.blame(), Blame::Guest);
    assert!(
        error
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("wasm32-unknown-unknown")
    );
    let error = refusal_of(r#"(component (import "purser:connector/vault@0.1.0" (instance)))"#);
    assert_eq!(
        error,
        SandboxError::UnknownImports {
            names: vec!["purser:connector/vault@0.1.0".into()]
        }
    );
}

#[test]
fn another_version_of_the_interface() {
    let error = refusal_of(r#"(component (import "purser:connector/http@0.2.0" (instance)))"#);
    assert_eq!(
        error,
        SandboxError::OtherVersion {
            wanted: "0.2.0".into()
        }
    );
    assert_eq!(
        error.to_string(),
        "the component is made for purser:connector@0.2.0; this host offers 0.1.0"
    );
    assert!(
        error
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("newer Purser")
    );
    let older = refusal_of(r#"(component (import "purser:connector/http@0.0.9" (instance)))"#);
    assert!(
        older
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("rebuild")
    );
}

#[test]
fn a_component_that_is_no_connector() {
    let export = "purser:connector/actions@0.1.0".to_owned();
    assert_eq!(
        refusal_of("(component)"),
        SandboxError::MissingExport { export }
    );
}

#[test]
fn the_right_names_with_the_wrong_types() {
    let without_functions = r#"(component (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#;
    assert!(matches!(
        refusal_of(without_functions),
        SandboxError::Incompatible(_)
    ));
    let import = r#"(component
        (import "purser:connector/http@0.1.0" (instance (export "send" (func (param "to" string)))))
        (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#;
    assert!(matches!(refusal_of(import), SandboxError::Incompatible(_)));
}

#[tokio::test]
async fn an_export_of_another_type_is_found_out_when_it_describes_itself() {
    let component = r#"(component
        (core module $m (func (export "f") (result i32) i32.const 7))
        (core instance $i (instantiate $m))
        (func $f (result u32) (canon lift (core func $i "f")))
        (instance $actions (export "describe" (func $f)) (export "check" (func $f))
            (export "read" (func $f)) (export "reclaim" (func $f)))
        (export "purser:connector/actions@0.1.0" (instance $actions)))"#;
    let connector = sandbox()
        .compile(&wat::parse_str(component).unwrap())
        .unwrap();
    assert!(matches!(
        connector.describe().await,
        Err(SandboxError::Incompatible(_))
    ));
}

#[test]
fn a_component_that_breaks_the_rules() {
    let mut bytes = Guest::honest().build();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 32].fill(0xff);
    assert!(matches!(
        refusal(&bytes),
        SandboxError::Compile(_) | SandboxError::Malformed(_)
    ));
}

#[test]
fn a_proposal_that_is_switched_off() {
    let component = r#"(component
        (core module (func (param v128)))
        (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#;
    assert!(matches!(refusal_of(component), SandboxError::Compile(why) if why.contains("SIMD")));
}

#[test]
fn a_file_beyond_all_measure() {
    let bytes = vec![0; (64 << 20) + 1];
    assert_eq!(
        refusal(&bytes),
        SandboxError::TooLarge { bytes: bytes.len() }
    );
}
