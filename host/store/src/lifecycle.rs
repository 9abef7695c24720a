//! The life of a connector's versions: granted, and moved to. Each step is one commit, with the profiles that it moves.

use crate::connectors::{self, StoredConnector};
use crate::convert::{Count, Json, Millis, Text};
use crate::{Store, StoreError, aliases, connections, profiles, publishers};
use purser_model::{
    Connection, Description, Digest, Grant, NextStep, Profile, ProfileName, Timestamp,
};
use rusqlite::{Transaction, params};

/// What bytes are to be allowed.
#[derive(Debug, Clone, Copy)]
pub enum Rights<'a> {
    /// This.
    These(&'a Grant),
    /// What both the latest granted version before allows, and these bytes want.
    AsBefore,
}

/// Whether a connector works with the template of this name, which the store cannot tell.
pub type Serves<'a> = &'a dyn Fn(&str, &Description) -> bool;

/// A profile that runs other bytes from its next run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The profile.
    pub profile: ProfileName,
    /// What it ran until now.
    pub from: Digest,
}

/// A profile that could not be moved, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stayed {
    /// The profile.
    pub profile: ProfileName,
    /// What does not fit.
    pub why: String,
}

/// What became of the profiles of a connector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Those that were moved.
    pub moved: Vec<Moved>,
    /// Those that should have been, and do not fit the other version.
    pub stayed: Vec<Stayed>,
}

/// What a grant came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The connector, granted.
    pub connector: StoredConnector,
    /// What was allowed before: these same bytes or, where they had no grant, the latest granted version before them.
    pub before: Option<StoredConnector>,
    /// What became of the profiles that ran an earlier version.
    pub moves: Moves,
}

/// Which profiles are to be moved.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    Earlier,
    Later,
}

fn id(tx: &Transaction<'_>, digest: &Digest) -> Result<u64, StoreError> {
    Ok(tx
        .query_row(
            "SELECT id FROM connector WHERE digest = ?1",
            [Text(digest)],
            |row| row.get::<_, Count>(0),
        )?
        .0)
}

/// The latest version uploaded before these bytes that was granted something.
fn earlier_grant(
    tx: &Transaction<'_>,
    known: &StoredConnector,
) -> Result<Option<StoredConnector>, StoreError> {
    let condition = "name = ?1 AND id < ?2 AND granted IS NOT NULL ORDER BY id DESC LIMIT 1";
    let id = Count(id(tx, &known.digest)?);
    connectors::one(tx, condition, params![known.description.name.as_str(), id])
}

/// What bytes were allowed until now, or the version before them.
fn allowed_before(
    tx: &Transaction<'_>,
    known: &StoredConnector,
) -> Result<Option<StoredConnector>, StoreError> {
    if known.grant.is_some() {
        Ok(Some(known.clone()))
    } else {
        earlier_grant(tx, known)
    }
}

pub(crate) fn refuse<T>(
    what: impl Into<String>,
    next: impl Into<NextStep>,
) -> Result<T, StoreError> {
    Err(StoreError::Refused {
        what: what.into(),
        next: next.into(),
    })
}

pub(crate) fn must_be_enabled(known: &StoredConnector) -> Result<(), StoreError> {
    match known.disabled_at {
        None => Ok(()),
        Some(_) => refuse(
            format!("connector {} is disabled", known.title()),
            format!(
                "`purser connector enable {}` ends that",
                known.digest.short()
            ),
        ),
    }
}

/// Refuses a version that would not run, because only signed ones may. Whether the signature holds is seen when it runs.
pub(crate) fn must_be_signed(
    tx: &Transaction<'_>,
    known: &StoredConnector,
) -> Result<(), StoreError> {
    match known.signed_by {
        None if publishers::requires_signature(tx)? => refuse(
            format!(
                "connector {} is not signed by a trusted publisher, and only signed connectors may be used here",
                known.title()
            ),
            "`purser connector list` shows who signed which version",
        ),
        _ => Ok(()),
    }
}

/// Why a profile would not run with a version, if it would not.
fn misfit(
    tx: &Transaction<'_>,
    to: &Description,
    Profile {
        alias, settings, ..
    }: &Profile,
    serves: Serves<'_>,
) -> Result<Option<String>, StoreError> {
    let application = aliases::find(tx, alias)?.application;
    if application != to.application {
        return Ok(Some(format!(
            "alias {alias} is for {application}, and this version for {}",
            to.application
        )));
    }
    if let Err(why) = to.complete(settings) {
        return Ok(Some(why));
    }
    let mut connections = connections::of_alias(tx, alias)?.into_iter();
    let foreign = connections.find(|connection| !serves(connection.template.as_str(), to));
    Ok(foreign.map(|Connection { name, template, .. }| {
        format!("it does not work with template {template} of connection {name}")
    }))
}

/// Moves the profiles of a connector that run an earlier or a later version to this one. A profile that the version does not fit stays where
/// it is: it would not run.
pub(crate) fn move_to(
    tx: &Transaction<'_>,
    to: &StoredConnector,
    which: Which,
    serves: Serves<'_>,
) -> Result<Moves, StoreError> {
    let (order, target) = (
        if matches!(which, Which::Earlier) {
            "<"
        } else {
            ">"
        },
        id(tx, &to.digest)?,
    );
    let condition = format!(
        "connector = ?1 AND (SELECT id FROM connector c WHERE c.digest = profile.digest) {order} ?2"
    );
    let found = profiles::all(
        tx,
        &condition,
        params![to.description.name.as_str(), Count(target)],
    )?;
    let mut moves = Moves::default();
    for profile in found {
        let misfit = misfit(tx, &to.description, &profile, serves)?;
        let Profile { name, digest, .. } = profile;
        match misfit {
            None => {
                tx.execute(
                    "UPDATE profile SET digest = ?2 WHERE name = ?1",
                    params![name.as_str(), Text(to.digest)],
                )?;
                moves.moved.push(Moved {
                    profile: name,
                    from: digest,
                });
            }
            Some(why) => moves.stayed.push(Stayed { profile: name, why }),
        }
    }
    Ok(moves)
}

impl Store {
    /// What these bytes were allowed until now; where nothing, what the latest granted version before them was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn allowed_before(&self, digest: &Digest) -> Result<Option<StoredConnector>, StoreError> {
        self.read(|tx| allowed_before(tx, &connectors::find(tx, digest)?))
    }

    /// Says what a connector may do, in place of what was said before, and moves the profiles that run an earlier version to it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Refused`] where it is disabled, or shall have the rights of a version that is not there; or the
    /// store cannot be written.
    pub fn grant_connector(
        &self,
        digest: &Digest,
        rights: Rights<'_>,
        enable: bool,
        serves: Serves<'_>,
        at: Timestamp,
    ) -> Result<Granted, StoreError> {
        self.write(|tx| {
            let known = connectors::find(tx, digest)?;
            must_be_enabled(&known)?;
            let grant = match rights {
                Rights::These(grant) => grant.clone(),
                Rights::AsBefore => {
                    match earlier_grant(tx, &known)?.and_then(|earlier| earlier.grant) {
                        Some(earlier) => earlier.as_far_as(&known.description.requests),
                        None => {
                            return refuse(
                                format!("no version before {} was granted anything", known.title()),
                                "say what it may do, with --all, --allow or --file",
                            );
                        }
                    }
                }
            };
            let before = allowed_before(tx, &known)?;
            let sql = "UPDATE connector SET granted = ?2, granted_at = ?3 WHERE digest = ?1";
            tx.execute(sql, params![Text(digest), Json(grant), Millis(at)])?;
            let moves = if enable {
                move_to(tx, &known, Which::Earlier, serves)?
            } else {
                Moves::default()
            };
            Ok(Granted {
                connector: connectors::find(tx, digest)?,
                before,
                moves,
            })
        })
    }
}

impl StoredConnector {
    /// `jupyterhub 0.1.0 (0123456789ab)`.
    #[must_use]
    pub fn title(&self) -> String {
        format!(
            "{} {} ({})",
            self.description.name,
            self.description.version,
            self.digest.short()
        )
    }
}
