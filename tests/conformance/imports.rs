//! A connector imports the host's interfaces and nothing else, even if its crates ask for WASI.

use std::collections::BTreeSet;
use std::fs;
use wasmparser::{Parser, Payload};

#[test]
fn connectors_import_only_http_log_and_types() {
    for name in ["scim", "jupyterhub", "sample"] {
        let bytes = fs::read(purser_tests::connector(name)).unwrap();
        let mut imports = BTreeSet::new();

        let mut depth = 0;
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.unwrap() {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    imports.extend(
                        section
                            .into_iter()
                            .map(|import| import.unwrap().name.name.to_owned()),
                    );
                }
                _ => {}
            }
        }

        let allowed = ["http", "log", "types"].map(|name| format!("purser:connector/{name}@0.1.0"));
        assert!(imports.contains(&allowed[0]), "{name} imports {imports:?}");
        assert!(
            imports.iter().all(|import| allowed.contains(import)),
            "{name} imports {imports:?}"
        );
    }
}
