//! Uploads that are not connectors, each with one clear reason.

use crate::fake_host::sandbox;
use crate::guest::Guest;
use purser_model::{Blame, Blamed, NextStep};
use purser_sandbox::SandboxError;

fn refusal(bytes: &[u8]) -> SandboxError {
    let Err(error) = sandbox().compile(bytes) else {
        panic!("compiled")
    };
    assert!(error.next_step().is_some(), "{error} has no next step");
    error
}

fn refusal_of(text: &str) -> SandboxError {
    refusal(&wat::parse_str(text).unwrap())
}

#[test]
fn other_file_is_refused_as_not_wasm() {
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
fn core_module_is_refused_with_the_step_to_build_a_component() {
    let error = refusal_of("(module)");
    assert_eq!(
        (error.clone(), error.blame()),
        (SandboxError::CoreModule, Blame::Operator)
    );
    assert_eq!(error.next_step(), Some(NextStep::BuildConnector));
}

#[test]
fn truncated_file_is_refused_as_truncated() {
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
fn machine_code_of_another_program_is_refused() {
    let engine = wasmtime::Engine::default();
    let code = engine
        .precompile_component(&Guest::honest().build())
        .unwrap();
    assert_eq!(refusal(&code), SandboxError::Precompiled);
}

#[test]
fn unknown_import_is_refused_by_name() {
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
fn other_version_of_the_package_is_refused() {
    let error = refusal_of(r#"(component (import "purser:connector/http@0.2.0" (instance)))"#);
    assert_eq!(
        error,
        SandboxError::OtherVersion {
            required: "0.2.0".into()
        }
    );
    assert_eq!(
        error.to_string(),
        "the component was built for purser:connector@0.2.0; this host offers 0.1.0"
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
    assert!(asks_to_rebuild(&older));
}

/// True if the next step is to rebuild the connector, with the command that does it.
fn asks_to_rebuild(error: &SandboxError) -> bool {
    let Some(NextStep::Steps { steps }) = error.next_step() else {
        return false;
    };
    let text = steps.first().and_then(NextStep::text);
    text.is_some_and(|text| text.starts_with("rebuild"))
        && steps.last() == Some(&NextStep::BuildConnector)
}

/// Imports `http.announce`, the name that `http.prefetch` had before.
const BUILT_AGAINST_OLD_WORDS: &str = r#"(component
    (type $method (enum "get" "head" "post" "put" "patch" "delete"))
    (import "purser:connector/types@0.1.0" (instance $types (export "method" (type (eq $method)))))
    (alias export $types "method" (type $imported))
    (import "purser:connector/http@0.1.0" (instance
        (alias outer 1 $imported (type $aliased))
        (export "method" (type $m (eq $aliased)))
        (type $h (record (field "name" string) (field "value" string)))
        (export "header" (type $header (eq $h)))
        (type $r (record (field "method" $m) (field "target" string)
            (field "headers" (list $header)) (field "body" (option (list u8)))
            (field "repeatable" bool)))
        (export "request" (type $request (eq $r)))
        (export "announce" (func (param "request" $request)))))
    (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#;

#[test]
fn component_built_against_old_words_is_refused_with_the_step_to_rebuild() {
    let error = refusal_of(BUILT_AGAINST_OLD_WORDS);

    assert!(matches!(error, SandboxError::Incompatible(_)), "{error:?}");
    assert_eq!(error.blame(), Blame::Guest);
    let text = error.to_string();
    assert!(
        text.starts_with(
            "the component was built against another revision of purser:connector@0.1.0 than this \
             host offers: "
        ),
        "{text}"
    );
    assert!(text.contains("announce"), "{text}");
    assert!(asks_to_rebuild(&error), "{:?}", error.next_step());
}

#[test]
fn component_without_the_export_is_refused() {
    let export = "purser:connector/actions@0.1.0".to_owned();
    assert_eq!(
        refusal_of("(component)"),
        SandboxError::MissingExport { export }
    );
}

#[test]
fn interface_with_other_types_is_refused_as_incompatible() {
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
async fn export_of_another_type_is_refused_by_describe() {
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
fn damaged_component_is_refused() {
    let mut bytes = Guest::honest().build();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 32].fill(0xff);
    assert!(matches!(
        refusal(&bytes),
        SandboxError::Compile(_) | SandboxError::Malformed(_)
    ));
}

#[test]
fn disabled_proposal_does_not_compile() {
    let component = r#"(component
        (core module (func (param v128)))
        (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#;
    assert!(matches!(refusal_of(component), SandboxError::Compile(why) if why.contains("SIMD")));
}

#[test]
fn file_over_the_size_limit_is_refused() {
    let bytes = vec![0; (64 << 20) + 1];
    assert_eq!(
        refusal(&bytes),
        SandboxError::TooLarge { bytes: bytes.len() }
    );
}
