//! What changes between a connector's versions: descriptions, rights, and the profiles that move.

use super::{Table, number, plain, word};
use purser_engine::{ConnectorView, DifferenceView, MovedView, Previous, StayedView};
use purser_model::{Change, Digest};

/// What a new version says that the one before did not, and the other way round.
pub(crate) fn changes(previous: &Previous) -> String {
    let Previous {
        version,
        digest,
        changes,
    } = previous;
    if changes.is_empty() {
        return format!(
            "It says of itself, and wants, what {version} ({}) did.",
            digest.short()
        );
    }
    let mut table = Table::new(["", "WHAT", "WHICH", "BEFORE", "NOW"]);
    for Change {
        part,
        name,
        was,
        is,
    } in changes
    {
        let how = match (was, is) {
            (None, _) => "added",
            (_, None) => "gone",
            _ => "changed",
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        table.row([how, &word(part), name, &text(was), &text(is)]);
    }
    format!("Different from {version} ({}):\n\n{table}", digest.short())
}

/// What a grant allows that the one before did not, and the other way round.
pub(crate) fn difference(view: &DifferenceView) -> String {
    let DifferenceView {
        version,
        digest,
        difference,
    } = view;
    if difference.is_empty() {
        return format!("That is what {version} ({}) was granted.", digest.short());
    }
    let added = difference.added.iter().map(|rule| format!("  + {rule}"));
    let gone = difference.gone.iter().map(|rule| format!("  - {rule}"));
    let limits = difference.limits.iter().map(|(name, was, is)| {
        format!(
            "  {} {name}: {} instead of {}",
            if is > was { '+' } else { '-' },
            number::count(*is),
            number::count(*was)
        )
    });
    let lines: Vec<_> = added.chain(gone).chain(limits).collect();
    format!(
        "Against what {version} ({}) was granted:\n{}",
        digest.short(),
        lines.join("\n")
    )
}

/// What became of profiles, a line each; empty where there were none.
pub(crate) fn moves(to: &ConnectorView, moved: &[MovedView], stayed: &[StayedView]) -> String {
    let version = &to.description.version;
    let moved = moved.iter().map(|MovedView { profile, from }| {
        format!(
            "Profile {profile} runs {version} ({}) from now on; it ran {}.",
            to.digest.short(),
            Digest::short(from)
        )
    });
    let stayed = stayed.iter().map(|StayedView { profile, why }| {
        format!(
            "Profile {profile} stays with its version, which {version} does not fit: {}.",
            plain::line(why)
        )
    });
    moved.chain(stayed).collect::<Vec<_>>().join("\n")
}

/// The state of a version, in the words of the list.
pub(crate) fn state(known: &ConnectorView) -> String {
    let granted = if known.grant.is_some() {
        "granted"
    } else {
        "not granted"
    };
    let latest = known.latest.then_some("latest");
    let disabled = known.disabled_at.map(|_| "disabled");
    let signed = known.signed_by.as_ref().map(|_| "signed");
    latest
        .into_iter()
        .chain([granted])
        .chain(signed)
        .chain(disabled)
        .collect::<Vec<_>>()
        .join(", ")
}
