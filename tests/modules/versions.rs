//! Versions of the sample application's connector that work, made of the built one: what its description says is replaced where it lies.

use purser_tests::{Purser, connector};
use std::fs;

/// What is replaced by what of the same length. It must be there exactly once.
pub(crate) type Edit<'a> = (&'a [u8], &'a [u8]);

/// Takes a seat with PATCH from another place. The byte before a path is the method's number.
pub(crate) const OTHER_RECLAIM: Edit<'static> =
    (b"\x05/members/*/seats/*", b"\x04/members/*/chair/*");
/// Suspends with PUT.
pub(crate) const OTHER_SUSPEND: Edit<'static> =
    (b"\x02/members/*/suspend", b"\x03/members/*/suspend");
/// Says something else of itself.
pub(crate) const OTHER_SUMMARY: Edit<'static> = (
    b"Reads the members, activity",
    b"Knows the members, activity",
);
/// Calls a stream something else.
pub(crate) const OTHER_TITLE: Edit<'static> = (b"MembersActivityPlans", b"PersonsActivityPlans");
/// Signs with a template that is not there.
pub(crate) const OTHER_TEMPLATE: Edit<'static> = (b"back.bearer", b"back.wearer");

/// The file of a version with these differences from the built one.
pub(crate) fn version(purser: &Purser, number: &str, edits: &[Edit<'_>]) -> String {
    let renumbered = format!("quayboard{number}");
    let number: Edit<'_> = (b"quayboard0.1.0", renumbered.as_bytes());
    let mut bytes = fs::read(connector("sample")).unwrap();
    for (old, new) in edits.iter().chain([&number]) {
        assert_eq!(old.len(), new.len());
        let found: Vec<_> = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(old))
            .collect();
        assert_eq!(
            found.len(),
            1,
            "{} in the connector's bytes",
            String::from_utf8_lossy(old)
        );
        bytes[found[0]..found[0] + new.len()].copy_from_slice(new);
    }
    purser.file(&format!("{renumbered}.wasm"), bytes)
}

/// The same version in other bytes: a custom section more.
pub(crate) fn padded(purser: &Purser) -> String {
    let mut bytes = fs::read(connector("sample")).unwrap();
    bytes.extend([0, 2, 1, b'x']);
    purser.file("padded.wasm", bytes)
}
