//! What a compiler is fed to make it slow or large. All of it is compiled before a line of it runs, with none of the limits of a grant.

use crate::attack::suffer;
use crate::expectation::Expectation;

/// A component that carries a core module of these fields, and exports a connector's actions, of which there are none: what compiles is
/// refused for that.
fn carrying(fields: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component (core module {fields}) (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#
    ))
    .unwrap()
}

/// Numbered text, one after the other.
fn times(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

/// A bomb: what makes it, and what it must come to.
type Bomb = (&'static str, &'static str, fn() -> Vec<u8>);

const BOMBS: &[Bomb] = &[
    (
        "functions_100k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: functions",
        || carrying(&"(func)".repeat(100_000)),
    ),
    (
        "functions_over_a_million",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: functions",
        || carrying(&"(func)".repeat(1_000_001)),
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
            carrying(&format!(
                "(func $f) {}",
                times(100_001, |n| format!("(export \"{n}\" (func $f))"))
            ))
        },
    ),
    (
        "imports_100k",
        "class=compile, blame=guest, memory=100, seconds=20",
        || {
            carrying(&times(100_000, |n| {
                format!("(import \"a\" \"{n}\" (func))")
            }))
        },
    ),
    (
        "globals_100k",
        "class=compile, blame=guest, memory=100, seconds=20",
        || carrying(&"(global i32 (i32.const 1))".repeat(100_000)),
    ),
    (
        "data_of_60_mb",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            carrying(&format!(
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
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: blocks in each other",
        || {
            carrying(&format!(
                "(func {} {})",
                "block ".repeat(100_000),
                "end ".repeat(100_000)
            ))
        },
    ),
    (
        "ifs_20k_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: blocks in each other",
        || {
            carrying(&format!(
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
            carrying(&format!(
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
            carrying(&format!("(func (param i32) {})", table.repeat(50)))
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
            carrying(&table.repeat(8))
        },
    ),
    (
        "bodies_of_17_mb",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes of code",
        || {
            carrying(
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
            carrying(&format!(
                "(func (param i32) (result i32) local.get 0 {})",
                "i32.const 7 i32.add ".repeat(2_300_000)
            ))
        },
    ),
    (
        "body_of_7_mb_of_calls",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || carrying(&format!("(func $f {})", "call $f ".repeat(3_000_000))),
    ),
    (
        "body_too_large",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: bytes in one function",
        || carrying(&format!("(func {})", "nop ".repeat(8_000_000))),
    ),
    (
        "operands_many",
        "class=incompatible, blame=guest, memory=300, seconds=20",
        || {
            carrying(&format!(
                "(func (param i32) (result i32) {} {})",
                "local.get 0 i32.const 1 i32.add ".repeat(80_000),
                "i32.xor ".repeat(79_999)
            ))
        },
    ),
    (
        "locals_50k",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals in one function",
        || carrying(&format!("(func {})", "(local i32)".repeat(50_000))),
    ),
    (
        "locals_too_many",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals in one function",
        || carrying(&format!("(func {})", "(local i32)".repeat(50_001))),
    ),
    (
        "params_too_many",
        "class=compile, blame=guest, memory=100, seconds=10",
        || carrying(&format!("(func (param {}))", "i32 ".repeat(1_001))),
    ),
    (
        "calls_with_1000_params",
        "class=incompatible, blame=guest, memory=800, seconds=40",
        || {
            let call = format!("{} call $f ", "local.get 0 ".repeat(1_000));
            carrying(&format!(
                "(func $f (param {}) {})",
                "i32 ".repeat(1_000),
                call.repeat(250)
            ))
        },
    ),
    (
        "loops_over_locals",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: locals times loops in each other",
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
        || carrying(&"(func)".repeat(50_000)),
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
            carrying(&format!(
                "(func {} {})",
                "block ".repeat(3_999),
                "end ".repeat(3_999)
            ))
        },
    ),
    (
        "body_as_large_as_may_be",
        "class=incompatible, blame=guest, memory=900, seconds=40",
        || carrying(&format!("(func $f {})", "call $f ".repeat(260_000))),
    ),
    (
        "br_tables_as_large_as_may_be",
        "class=incompatible, blame=guest, memory=600, seconds=30",
        || {
            let table = format!("block local.get 0 br_table {} end ", "0 ".repeat(65_000));
            carrying(&format!("(func (param i32) {})", table.repeat(7)))
        },
    ),
    (
        "components_1000_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: components in each other",
        || nested(1_000),
    ),
    (
        "components_100k_deep",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: components in each other",
        || nested(100_000),
    ),
    (
        "components_doubled_seven_times",
        "class=compile, blame=guest, memory=100, seconds=10",
        || by_doubling(7),
    ),
    (
        "components_by_doubling",
        "class=too-complex, blame=guest, memory=100, seconds=10\n;; says: instances of components",
        || by_doubling(24),
    ),
    (
        "types_by_doubling",
        "class=compile, blame=guest, memory=400, seconds=20",
        || {
            let types = times(40, |n| format!("(type $t{} (tuple $t{n} $t{n}))", n + 1));
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
            carrying(&section.repeat(6))
        },
    ),
    (
        "names_of_60_mb",
        "class=incompatible, blame=guest, memory=400, seconds=20",
        || carrying(&times(60, |n| format!("(func ${n}{})", "x".repeat(99_000)))),
    ),
];

/// So many types, all different.
fn types(count: usize) -> Vec<u8> {
    let kinds = ["i32", "i64", "f32", "f64"];
    let params = |n: usize| times(9, |digit| format!(" {}", kinds[n >> (2 * digit) & 3]));
    carrying(&times(count, |n| {
        format!("(type (func (param{})))", params(n))
    }))
}

/// So many data segments, far from each other.
fn data_segments(count: usize) -> Vec<u8> {
    carrying(&format!(
        "(memory 1000) {}",
        times(count, |n| format!("(data (i32.const {}) \"x\")", n * 600))
    ))
}

/// Loops in each other, and all of many locals read in the innermost and changed: each loop has to carry each local on.
pub(crate) fn loops_over_locals(loops: usize, locals: usize) -> Vec<u8> {
    let uses = times(locals, |n| {
        format!("local.get {n} i32.const 1 i32.add local.set {n} ")
    });
    let (open, close) = (
        "loop ".repeat(loops),
        "local.get 0 br_if 0 end ".repeat(loops),
    );
    carrying(&format!(
        "(func (param i32) (local {}) {open} {uses} {close})",
        "i32 ".repeat(locals)
    ))
}

/// Components in each other, written from the inside.
fn nested(depth: usize) -> Vec<u8> {
    let header = b"\0asm\x0d\0\x01\0";
    let mut sizes = vec![header.len()];
    for _ in 1..depth {
        let inner = sizes[sizes.len() - 1];
        sizes.push(header.len() + 1 + leb(inner).len() + inner);
    }
    let mut bytes = header.to_vec();
    for inner in sizes.iter().rev().skip(1) {
        bytes.push(4);
        bytes.extend(leb(*inner));
        bytes.extend(header);
    }
    bytes.extend(
        &wat::parse_str(r#"(component (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#)
            .unwrap()[8..],
    );
    bytes
}

/// A number as the binary format writes it.
pub(crate) fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}

/// Components that instantiate the one before twice: the last one consists of two to this power.
fn by_doubling(times_doubled: usize) -> Vec<u8> {
    let doubled = (0..times_doubled).fold(
        "(component $c (core module $m) (core instance (instantiate $m)))".to_owned(),
        |inner, _| {
            format!(
                "(component $c {inner} (instance (instantiate $c)) (instance (instantiate $c)))"
            )
        },
    );
    wat::parse_str(format!(
        r#"(component {doubled} (instance (instantiate $c)) (instance $none)
           (export "purser:connector/actions@0.1.0" (instance $none)))"#
    ))
    .unwrap()
}

#[test]
fn every_bomb_is_refused_or_compiled_within_bounds() {
    let only = std::env::var("PURSER_HOSTILE").unwrap_or_default();
    let mut wrong = Vec::new();
    for (name, expected, build) in BOMBS.iter().filter(|(name, ..)| name.contains(&only)) {
        println!("{name}");
        let expected = Expectation::parse(&format!(";; expect: {expected}")).unwrap();
        wrong.extend(
            suffer(build, &expected)
                .err()
                .map(|why| format!("{name}: {why}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
