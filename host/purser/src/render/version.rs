//! Changes between a connector's versions as text: uploads, grants, and profiles that move.

use super::{Table, connector, number, sanitize};
use crate::words;
use purser_engine::{
    ConnectorView, DifferenceView, Granted, IncompatibleProfile, MovedProfile, Previous,
    SignatureStatus, Uploaded,
};
use purser_model::FieldChange;

/// Returns the result of an upload.
pub(crate) fn uploaded(uploaded: &Uploaded) -> String {
    let view = &uploaded.connector;
    let title = view.title();

    let mut parts = match (uploaded.already_there, &uploaded.previous) {
        (true, _) if view.grant.is_some() => {
            vec![format!("{title} was uploaded before, and keeps its grant.")]
        }
        (true, _) => vec![format!("{title} was uploaded before.")],
        (false, None) => vec![format!("Uploaded {title}.")],
        (false, Some(previous)) => vec![
            format!(
                "Uploaded {title} (replaces {}). Grants apply to one exact build; this build has none yet.",
                previous.version
            ),
            changes(previous),
        ],
    };
    parts.extend(signature(&uploaded.signature));
    if view.grant.is_none() {
        let requests = connector::requests(&view.description.requests);
        parts.push(format!("It requests this access:\n\n{requests}"));
        parts.push(format!(
            "Next: purser connector grant {}",
            view.description.name
        ));
    }

    parts.join("\n\n")
}

fn signature(signature: &SignatureStatus) -> Option<String> {
    match signature {
        SignatureStatus::Unsigned => None,
        SignatureStatus::Trusted { publisher } => {
            Some(format!("Signed by {publisher}, which you trust."))
        }
        SignatureStatus::Unknown { key } => Some(format!(
            "Signed with key {key}, which belongs to no trusted publisher: it counts as unsigned. \
             If you know whose key it is, trust it with `purser publisher trust NAME KEY`, and upload again."
        )),
    }
}

/// Returns the differences of a new version's description from the version before.
fn changes(previous: &Previous) -> String {
    let version = &previous.version;
    let digest = previous.digest.short();
    if previous.changes.is_empty() {
        return format!(
            "Its description and requested access equal those of {version} ({digest})."
        );
    }

    let mut table = Table::new(["", "WHAT", "WHICH", "BEFORE", "NOW"]);
    for FieldChange {
        kind,
        name,
        before,
        after,
    } in &previous.changes
    {
        let verb = match (before, after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        table.row([
            verb,
            words::description_part(*kind),
            name,
            before.as_deref().unwrap_or_default(),
            after.as_deref().unwrap_or_default(),
        ]);
    }

    format!("Differences from {version} ({digest}):\n\n{table}")
}

/// Returns the result of a grant.
pub(crate) fn granted(granted: &Granted) -> String {
    let view = &granted.connector;
    let title = view.title();
    let rules: Vec<_> = view
        .grant
        .iter()
        .flat_map(|grant| &grant.rules)
        .map(|rule| format!("  {rule}"))
        .collect();

    let mut parts = match rules.as_slice() {
        [] => vec![format!("{title} may not send any request.")],
        rules => vec![format!("{title} may send:\n{}", rules.join("\n"))],
    };
    parts.extend(granted.difference.as_ref().map(grant_difference));
    if !view.missing.is_empty() {
        parts.push(format!(
            "It also requests this access, and will be refused:\n\n{}",
            connector::requests(&view.missing)
        ));
    }
    let moves = moves(view, &granted.moved, &granted.stayed);
    parts.extend((!moves.is_empty()).then_some(moves));

    parts.join("\n\n")
}

/// Returns the differences of a grant from the one of an earlier version.
pub(crate) fn grant_difference(view: &DifferenceView) -> String {
    let version = &view.version;
    let digest = view.digest.short();
    let difference = &view.difference;
    if difference.is_empty() {
        return format!("This equals the grant of {version} ({digest}).");
    }

    let added = difference.added.iter().map(|rule| format!("  + {rule}"));
    let removed = difference.removed.iter().map(|rule| format!("  - {rule}"));
    let limits = difference.limits.iter().map(|(name, before, now)| {
        format!(
            "  {} {name}: {} instead of {}",
            if now > before { '+' } else { '-' },
            number::count(*now),
            number::count(*before)
        )
    });
    let lines: Vec<_> = added.chain(removed).chain(limits).collect();

    format!(
        "Differences from the grant of {version} ({digest}):\n{}",
        lines.join("\n")
    )
}

/// Returns one line for each profile that moved or stayed; empty if there are none.
pub(crate) fn moves(
    to: &ConnectorView,
    moved: &[MovedProfile],
    stayed: &[IncompatibleProfile],
) -> String {
    let version = &to.description.version;
    let digest = to.digest.short();

    let moved = moved.iter().map(|MovedProfile { profile, from }| {
        format!(
            "Profile {profile} now runs {version} ({digest}) instead of {}.",
            from.short()
        )
    });
    let stayed = stayed.iter().map(|IncompatibleProfile { profile, why }| {
        format!(
            "Profile {profile} stays on its version, because {version} does not fit: {}.",
            sanitize::line(why)
        )
    });

    moved.chain(stayed).collect::<Vec<_>>().join("\n")
}
