//! Decisions about the versions of a connector: what a grant gives, which version a rollback
//! returns to, and which profiles move. Pure functions of stored facts.

use crate::Error;
use purser_model::{
    ConnectorName, Description, Digest, Grant, NextStep, ProfileName, TemplateName,
};
use purser_store::{ProfileFacts, StoreError, StoredConnector, VersionChange, VersionFacts};
use serde::Serialize;

#[cfg(test)]
mod tests;

/// The origin of a grant.
#[derive(Debug, Clone, Copy)]
pub enum GrantSource<'a> {
    /// This grant.
    Explicit(&'a Grant),
    /// The grant of the latest granted version before, as far as this version asks for it.
    Inherit,
}

/// A predicate: true if a connector of this description works with the template of this name.
pub(crate) type Serves<'a> = &'a dyn Fn(&TemplateName, &Description) -> bool;

/// A profile that runs another version from its next run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedProfile {
    /// The profile.
    pub profile: ProfileName,
    /// The version that it ran until now.
    pub from: Digest,
}

/// A profile that stays with its version, because the other one does not fit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncompatibleProfile {
    /// The profile.
    pub profile: ProfileName,
    /// The reason.
    pub why: String,
}

/// The profiles that a change of version concerns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    pub(crate) moved: Vec<MovedProfile>,
    pub(crate) incompatible: Vec<IncompatibleProfile>,
}

/// A decision to grant a version access.
#[derive(Debug)]
pub(crate) struct GrantPlan {
    /// The grant.
    pub(crate) grant: Grant,
    /// The version whose grant is replaced or followed; absent for the first grant of a name.
    pub(crate) before: Option<StoredConnector>,
    pub(crate) moves: Moves,
}

/// A decision to move profiles back.
#[derive(Debug)]
pub(crate) struct RollbackPlan {
    /// The version that the profiles return to.
    pub(crate) target: StoredConnector,
    pub(crate) moves: Moves,
}

/// The profiles that a move concerns, by the version that they run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Running {
    Earlier,
    Later,
}

/// Decides a grant. If `enable`, the profiles that run an earlier version move to this one.
pub(crate) fn plan_grant(
    facts: &VersionFacts,
    digest: &Digest,
    source: GrantSource<'_>,
    enable: bool,
    serves: Serves<'_>,
) -> Result<(VersionChange, GrantPlan), Error> {
    let position = position(facts, digest).ok_or_else(|| StoreError::NotFound {
        what: "connector",
        name: digest.to_string(),
    })?;
    let (earlier, version) = split_at(facts, position)?;
    require_enabled(version)?;

    let grant = match source {
        GrantSource::Explicit(grant) => grant.clone(),
        GrantSource::Inherit => inherited_grant(earlier, version)?,
    };
    let moves = if enable {
        plan_moves(facts, position, Running::Earlier, serves)
    } else {
        Moves::default()
    };

    let change = VersionChange {
        grant: Some((*digest, grant.clone())),
        moves: moves.to(digest),
    };
    let plan = GrantPlan {
        grant,
        before: granted_before(facts, digest).cloned(),
        moves,
    };
    Ok((change, plan))
}

/// Decides a rollback: to the version named or, if none is, to the latest version before the newest
/// in use that was granted and is enabled.
pub(crate) fn plan_rollback(
    facts: &VersionFacts,
    to: Option<&StoredConnector>,
    serves: Serves<'_>,
) -> Result<(VersionChange, RollbackPlan), Error> {
    let name = &facts.connector;
    let newest = newest_in_use(facts).ok_or_else(|| {
        Error::refused(
            format!("no profile runs connector {name}"),
            NextStep::ListProfiles,
        )
    })?;

    let position = match to {
        Some(version) => rollback_target(facts, name, version)?,
        None => latest_usable_before(facts, newest).ok_or_else(|| {
            Error::refused(
                format!("connector {name} has no earlier version that was granted and is enabled"),
                NextStep::ListConnectors,
            )
        })?,
    };
    let (_, target) = split_at(facts, position)?;
    require_enabled(target)?;
    require_signed(facts, target)?;

    let moves = plan_moves(facts, position, Running::Later, serves);
    require_moves(target, &moves)?;

    let change = VersionChange {
        grant: None,
        moves: moves.to(&target.digest),
    };
    let target = target.clone();
    Ok((change, RollbackPlan { target, moves }))
}

/// Returns the version that a new grant of this digest is compared with: the same bytes if they
/// were granted, else the latest granted version before them.
pub(crate) fn granted_before<'a>(
    facts: &'a VersionFacts,
    digest: &Digest,
) -> Option<&'a StoredConnector> {
    let position = position(facts, digest)?;
    let versions = facts.versions.get(..=position)?;

    latest_granted(versions)
}

impl Moves {
    fn to(&self, digest: &Digest) -> Vec<(ProfileName, Digest)> {
        let moved = self.moved.iter();
        moved
            .map(|moved| (moved.profile.clone(), *digest))
            .collect()
    }
}

fn position(facts: &VersionFacts, digest: &Digest) -> Option<usize> {
    facts
        .versions
        .iter()
        .position(|version| version.digest == *digest)
}

/// Returns the versions before a position, and the one at it.
fn split_at(
    facts: &VersionFacts,
    position: usize,
) -> Result<(&[StoredConnector], &StoredConnector), Error> {
    let missing = || StoreError::NotFound {
        what: "version of connector",
        name: facts.connector.to_string(),
    };
    let (earlier, rest) = facts
        .versions
        .split_at_checked(position)
        .ok_or_else(missing)?;

    Ok((earlier, rest.first().ok_or_else(missing)?))
}

fn latest_granted(versions: &[StoredConnector]) -> Option<&StoredConnector> {
    versions
        .iter()
        .rev()
        .find(|version| version.grant.is_some())
}

fn inherited_grant(earlier: &[StoredConnector], version: &StoredConnector) -> Result<Grant, Error> {
    let inherited = latest_granted(earlier).and_then(|version| version.grant.as_ref());

    match inherited {
        Some(grant) => Ok(grant.restricted_to(&version.description.requests)),
        None => Err(Error::refused(
            format!("no version before {} was granted anything", version.title()),
            NextStep::GrantConnector {
                connector: Some(version.digest.short()),
                allow: None,
            },
        )),
    }
}

fn newest_in_use(facts: &VersionFacts) -> Option<usize> {
    let in_use = facts.profiles.iter();
    in_use
        .filter_map(|facts_of| position(facts, &facts_of.profile.digest))
        .max()
}

fn latest_usable_before(facts: &VersionFacts, newest: usize) -> Option<usize> {
    let earlier = facts.versions.get(..newest)?;
    earlier
        .iter()
        .rposition(|version| version.grant.is_some() && version.disabled_at.is_none())
}

/// Returns the position of the version that the operator named.
fn rollback_target(
    facts: &VersionFacts,
    name: &ConnectorName,
    version: &StoredConnector,
) -> Result<usize, Error> {
    // why: a disabled version is refused as such, also if it was never granted
    require_enabled(version)?;

    let position = position(facts, &version.digest);
    let is_granted = |position: &usize| {
        let version = facts.versions.get(*position);
        version.is_some_and(|version| version.grant.is_some())
    };
    match position.filter(is_granted) {
        Some(position) => Ok(position),
        None => Err(Error::refused(
            format!(
                "{} is not a granted version of connector {name}",
                version.title()
            ),
            NextStep::ListConnectors,
        )),
    }
}

fn require_enabled(version: &StoredConnector) -> Result<(), Error> {
    match version.disabled_at {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            format!("connector {} is disabled", version.title()),
            NextStep::EnableConnector {
                connector: version.digest.short(),
            },
        )),
    }
}

/// Refuses a version that would not run, because only signed ones may. The signature itself is
/// verified at each use of the bytes.
fn require_signed(facts: &VersionFacts, version: &StoredConnector) -> Result<(), Error> {
    if version.signed_by.is_some() || !facts.requires_signature {
        return Ok(());
    }

    Err(Error::refused(
        format!(
            "connector {} is not signed by a trusted publisher, and only signed connectors may be used here",
            version.title()
        ),
        NextStep::ListConnectors,
    ))
}

/// Refuses a rollback that would move no profile.
fn require_moves(target: &StoredConnector, moves: &Moves) -> Result<(), Error> {
    if !moves.moved.is_empty() {
        return Ok(());
    }

    let what = match moves.incompatible.first() {
        None => format!("no profile runs a later version than {}", target.title()),
        Some(IncompatibleProfile { profile, why }) => {
            format!("profile {profile} does not fit {}: {why}", target.title())
        }
    };
    Err(Error::refused(what, NextStep::ListConnectors))
}

/// Sorts the profiles that run an earlier or a later version into those that move to the version at
/// `target`, and those that it does not fit.
fn plan_moves(facts: &VersionFacts, target: usize, running: Running, serves: Serves<'_>) -> Moves {
    let mut moves = Moves::default();
    let Some(version) = facts.versions.get(target) else {
        return moves;
    };

    for facts_of in &facts.profiles {
        let profile = &facts_of.profile;
        let concerned = position(facts, &profile.digest).is_some_and(|current| match running {
            Running::Earlier => current < target,
            Running::Later => current > target,
        });
        if !concerned {
            continue;
        }

        match incompatibility(&version.description, facts_of, serves) {
            None => moves.moved.push(MovedProfile {
                profile: profile.name.clone(),
                from: profile.digest,
            }),
            Some(why) => moves.incompatible.push(IncompatibleProfile {
                profile: profile.name.clone(),
                why,
            }),
        }
    }
    moves
}

/// Returns the reason why a profile would not run with a version, if there is one.
fn incompatibility(
    version: &Description,
    facts: &ProfileFacts,
    serves: Serves<'_>,
) -> Option<String> {
    if facts.application != version.application {
        return Some(format!(
            "alias {} is for {}, and this version for {}",
            facts.profile.alias, facts.application, version.application
        ));
    }
    if let Err(why) = version.complete(&facts.profile.settings) {
        return Some(why);
    }

    let mut connections = facts.connections.iter();
    let unserved = connections.find(|(_, template)| !serves(template, version));
    unserved.map(|(name, template)| {
        format!("it does not work with template {template} of connection {name}")
    })
}
