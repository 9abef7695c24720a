//! Versions of the sample connector, made from the built one by replacing parts of its description
//! in place.

use purser_tests::{Purser, connector};
use std::fs;

/// Bytes to find, and their replacement of the same length. They must occur exactly once.
pub(crate) type Edit<'a> = (&'a [u8], &'a [u8]);

/// Reclaims with PATCH on another path. The byte before the path is the number of the method.
pub(crate) const OTHER_RECLAIM: Edit<'static> =
    (b"\x05/members/*/seats/*", b"\x04/members/*/chair/*");
/// Suspends with PUT.
pub(crate) const OTHER_SUSPEND: Edit<'static> =
    (b"\x02/members/*/suspend", b"\x03/members/*/suspend");
/// Changes the summary.
pub(crate) const OTHER_SUMMARY: Edit<'static> = (
    b"Reads the members, activity",
    b"Knows the members, activity",
);
/// Changes the title of a stream.
pub(crate) const OTHER_TITLE: Edit<'static> = (b"MembersActivityPlans", b"PersonsActivityPlans");
/// Accepts a template that does not exist.
pub(crate) const OTHER_TEMPLATE: Edit<'static> = (b"back.bearer", b"back.wearer");

/// Writes a version with these changes, and returns its path.
pub(crate) fn version(purser: &Purser, number: &str, edits: &[Edit<'_>]) -> String {
    named(purser, &format!("quayboard{number}"), edits)
}

/// Writes a connector with these changes, and this name and version, and returns its path.
pub(crate) fn named(purser: &Purser, renumbered: &str, edits: &[Edit<'_>]) -> String {
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

/// Writes the same version with different bytes: an additional custom section.
pub(crate) fn padded(purser: &Purser) -> String {
    let mut bytes = fs::read(connector("sample")).unwrap();
    bytes.extend([0, 2, 1, b'x']);
    purser.file("padded.wasm", bytes)
}
