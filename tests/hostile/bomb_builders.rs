//! Builders of components for the compile bombs.

/// Wraps fields of a core module in a component without actions. If it compiles, it is refused for
/// the missing actions.
pub(crate) fn component_with_module(fields: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component (core module {fields}) (instance $none) (export "purser:connector/actions@0.1.0" (instance $none)))"#
    ))
    .unwrap()
}

/// Concatenates numbered items.
pub(crate) fn repeat_numbered(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

/// Builds this many distinct types.
pub(crate) fn types(count: usize) -> Vec<u8> {
    let kinds = ["i32", "i64", "f32", "f64"];
    let params = |n: usize| repeat_numbered(9, |digit| format!(" {}", kinds[n >> (2 * digit) & 3]));
    component_with_module(&repeat_numbered(count, |n| {
        format!("(type (func (param{})))", params(n))
    }))
}

/// Builds this many data segments, far apart from each other.
pub(crate) fn data_segments(count: usize) -> Vec<u8> {
    component_with_module(&format!(
        "(memory 1000) {}",
        repeat_numbered(count, |n| format!("(data (i32.const {}) \"x\")", n * 600))
    ))
}

/// Builds nested loops whose innermost one changes all locals, so that each loop carries each
/// local.
pub(crate) fn loops_over_locals(loops: usize, locals: usize) -> Vec<u8> {
    let uses = repeat_numbered(locals, |n| {
        format!("local.get {n} i32.const 1 i32.add local.set {n} ")
    });
    let open = "loop ".repeat(loops);
    let close = "local.get 0 br_if 0 end ".repeat(loops);

    component_with_module(&format!(
        "(func (param i32) (local {}) {open} {uses} {close})",
        "i32 ".repeat(locals)
    ))
}

/// Builds nested components, from the inside out.
pub(crate) fn nested(depth: usize) -> Vec<u8> {
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

/// Encodes a number as unsigned LEB128.
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

/// Builds components that instantiate the previous one twice, so that the last one has two to this
/// power of instances.
pub(crate) fn doubled_instances(times_doubled: usize) -> Vec<u8> {
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
