//! Components that make compilation slow or large. A component is compiled before any of it runs,
//! and without the limits of a grant.

use crate::attack::run_attack;
use crate::bomb_builders::{
    component_with_module, data_segments, doubled_instances, loops_over_locals, nested,
    repeat_numbered, types,
};
use crate::expectation::Expectation;

/// Name, expectation and builder of a bomb.
type Bomb = (&'static str, &'static str, fn() -> Vec<u8>);

const BOMBS: &[Bomb] = &[
    (
        "functions_100k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: functions",
        || component_with_module(&"(func)".repeat(100_000)),
    ),
    (
        "functions_over_a_million",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: functions",
        || component_with_module(&"(func)".repeat(1_000_001)),
    ),
    (
        "types_100k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: types",
        || types(100_000),
    ),
    (
        "exports_100k",
        "class=incompatible, blame=guest, memory=100, seconds=20",
        || {
            component_with_module(&format!(
                "(func $f) {}",
                repeat_numbered(100_001, |n| format!("(export \"{n}\" (func $f))"))
            ))
        },
    ),
    (
        "imports_100k",
        "class=compile, blame=guest, memory=100, seconds=20",
        || {
            component_with_module(&repeat_numbered(100_000, |n| {
                format!("(import \"a\" \"{n}\" (func))")
            }))
        },
    ),
    (
        "globals_100k",
        "class=compile, blame=guest, memory=100, seconds=20",
        || component_with_module(&"(global i32 (i32.const 1))".repeat(100_000)),
    ),
    (
        "data_of_60_mb",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            component_with_module(&format!(
                "(memory 1000) (data (i32.const 0) \"{}\")",
                "x".repeat(60_000_000)
            ))
        },
    ),
    (
        "data_segments_100k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: data segments",
        || data_segments(100_000),
    ),
    (
        "blocks_100k_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: nested blocks",
        || {
            component_with_module(&format!(
                "(func {} {})",
                "block ".repeat(100_000),
                "end ".repeat(100_000)
            ))
        },
    ),
    (
        "ifs_20k_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: nested blocks",
        || {
            component_with_module(&format!(
                "(func (param i32) {} {})",
                "local.get 0 if ".repeat(20_000),
                "end ".repeat(20_000)
            ))
        },
    ),
    (
        "br_table_too_large",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || {
            component_with_module(&format!(
                "(func (param i32) block local.get 0 br_table {} end)",
                "0 ".repeat(1_000_000)
            ))
        },
    ),
    (
        "br_tables_many",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || {
            let table = format!("block local.get 0 br_table {} end ", "0 ".repeat(65_000));
            component_with_module(&format!("(func (param i32) {})", table.repeat(50)))
        },
    ),
    (
        "br_tables_in_many_functions",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: targets of br_table",
        || {
            let table = format!(
                "(func (param i32) block local.get 0 br_table {} end)",
                "0 ".repeat(65_000)
            );
            component_with_module(&table.repeat(8))
        },
    ),
    (
        "bodies_of_17_mb",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes of code",
        || {
            component_with_module(
                &format!(
                    "(func {})",
                    "i64.const 0x7fffffffffffffff drop ".repeat(43_000)
                )
                .repeat(34),
            )
        },
    ),
    (
        "body_of_7_mb",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || {
            component_with_module(&format!(
                "(func (param i32) (result i32) local.get 0 {})",
                "i32.const 7 i32.add ".repeat(2_300_000)
            ))
        },
    ),
    (
        "body_of_7_mb_of_calls",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || component_with_module(&format!("(func $f {})", "call $f ".repeat(3_000_000))),
    ),
    (
        "body_too_large",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || component_with_module(&format!("(func {})", "nop ".repeat(8_000_000))),
    ),
    (
        "operands_many",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            component_with_module(&format!(
                "(func (param i32) (result i32) {} {})",
                "local.get 0 i32.const 1 i32.add ".repeat(80_000),
                "i32.xor ".repeat(79_999)
            ))
        },
    ),
    (
        "locals_50k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals in one function",
        || component_with_module(&format!("(func {})", "(local i32)".repeat(50_000))),
    ),
    (
        "locals_too_many",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals in one function",
        || component_with_module(&format!("(func {})", "(local i32)".repeat(50_001))),
    ),
    (
        "params_too_many",
        "class=compile, blame=guest, memory=100, seconds=10",
        || component_with_module(&format!("(func (param {}))", "i32 ".repeat(1_001))),
    ),
    (
        "calls_with_1000_params",
        "class=incompatible, blame=guest, memory=800, seconds=40",
        || {
            let call = format!("{} call $f ", "local.get 0 ".repeat(1_000));
            component_with_module(&format!(
                "(func $f (param {}) {})",
                "i32 ".repeat(1_000),
                call.repeat(250)
            ))
        },
    ),
    (
        "loops_over_locals",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals times nested loops",
        || loops_over_locals(200, 1_000),
    ),
    (
        "loops_as_many_as_may_be",
        "class=incompatible, blame=guest, memory=400, seconds=30",
        || loops_over_locals(24, 2_000),
    ),
    (
        "functions_as_many_as_may_be",
        "class=incompatible, blame=guest, memory=600, seconds=40",
        || component_with_module(&"(func)".repeat(50_000)),
    ),
    (
        "types_as_many_as_may_be",
        "class=incompatible, blame=guest, memory=300, seconds=30",
        || types(9_990),
    ),
    (
        "data_segments_as_many_as_may_be",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || data_segments(5_000),
    ),
    (
        "blocks_as_deep_as_may_be",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            component_with_module(&format!(
                "(func {} {})",
                "block ".repeat(3_999),
                "end ".repeat(3_999)
            ))
        },
    ),
    (
        "body_as_large_as_may_be",
        "class=incompatible, blame=guest, memory=900, seconds=40",
        || component_with_module(&format!("(func $f {})", "call $f ".repeat(260_000))),
    ),
    (
        "br_tables_as_large_as_may_be",
        "class=incompatible, blame=guest, memory=600, seconds=30",
        || {
            let table = format!("block local.get 0 br_table {} end ", "0 ".repeat(65_000));
            component_with_module(&format!("(func (param i32) {})", table.repeat(7)))
        },
    ),
    (
        "components_1000_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: nested components",
        || nested(1_000),
    ),
    (
        "components_100k_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: nested components",
        || nested(100_000),
    ),
    (
        "components_doubled_seven_times",
        "class=compile, blame=guest, memory=100, seconds=10",
        || doubled_instances(7),
    ),
    (
        "components_by_doubling",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: instances of components",
        || doubled_instances(24),
    ),
    (
        "types_by_doubling",
        "class=compile, blame=guest, memory=400, seconds=20",
        || {
            let types = repeat_numbered(40, |n| format!("(type $t{} (tuple $t{n} $t{n}))", n + 1));
            wat::parse_str(format!(
                r#"(component (type $t0 (tuple u8 u8)) {types} (instance $none)
               (export "purser:connector/actions@0.1.0" (instance $none)))"#
            ))
            .unwrap()
        },
    ),
    (
        "instances_many",
        "class=compile, blame=guest, memory=100, seconds=10",
        || {
            wat::parse_str(format!(
                r#"(component (core module $m) {} (instance $none)
               (export "purser:connector/actions@0.1.0" (instance $none)))"#,
                "(core instance (instantiate $m))".repeat(900)
            ))
            .unwrap()
        },
    ),
    (
        "modules_900",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            wat::parse_str(format!(
            r#"(component {} (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#,
            "(core module (func))".repeat(900)
        ))
        .unwrap()
        },
    ),
    (
        "custom_sections_of_60_mb",
        "class=incompatible, blame=guest, memory=400, seconds=20",
        || {
            let section = format!("(@custom \"x\" \"{}\")", "x".repeat(10_000_000));
            component_with_module(&section.repeat(6))
        },
    ),
    (
        "names_of_60_mb",
        "class=incompatible, blame=guest, memory=400, seconds=20",
        || {
            component_with_module(&repeat_numbered(60, |n| {
                format!("(func ${n}{})", "x".repeat(99_000))
            }))
        },
    ),
];

#[test]
fn compile_bombs_are_refused_or_compiled_within_bounds() {
    let only = std::env::var("PURSER_HOSTILE").unwrap_or_default();

    let mut wrong = Vec::new();
    for (name, expected, build) in BOMBS.iter().filter(|(name, ..)| name.contains(&only)) {
        println!("{name}");
        let expected = Expectation::parse(&format!(";; expect: {expected}")).unwrap();
        wrong.extend(
            run_attack(build, &expected)
                .err()
                .map(|why| format!("{name}: {why}")),
        );
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
