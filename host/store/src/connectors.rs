//! Connectors: uploaded bytes, their descriptions and their grants.

use crate::convert::{Count, Json, Millis, Text};
use crate::rows::{DescriptionRow, GrantRow};
use crate::{Store, StoreError};
use purser_model::{
    ConnectorName, Description, Digest, Grant, ProfileName, PublisherName, Timestamp,
};
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

/// A connector to add.
#[derive(Debug, Clone, Copy)]
pub struct NewConnector<'a> {
    /// The connector's description of itself.
    pub description: &'a Description,
    /// The digest of `bytes`.
    pub digest: Digest,
    /// The component.
    pub bytes: &'a [u8],
    /// The instant of the upload.
    pub uploaded_at: Timestamp,
    /// The verified signature of `bytes`; if absent, an earlier one stays.
    pub signature: Option<NewSignature<'a>>,
}

/// A signature to store with a connector's bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewSignature<'a> {
    /// The signature, as its format writes it.
    pub text: &'a str,
    /// The publisher's key that it was verified with.
    pub key: &'a str,
}

/// The result of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    /// The bytes were added.
    New,
    /// The same bytes were stored already, and so was their grant, if any.
    Known,
}

/// A stored connector, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConnector {
    /// The connector's description of itself.
    pub description: Description,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The number of its bytes.
    pub size: u64,
    /// The instant of the upload.
    pub uploaded_at: Timestamp,
    /// The requests and limits that an operator granted; absent before the first grant.
    pub grant: Option<Grant>,
    /// The instant of the grant.
    pub granted_at: Option<Timestamp>,
    /// The instant since which it may not run; absent if it is enabled.
    pub disabled_at: Option<Timestamp>,
    /// The trusted publisher who signed the bytes; absent if they are unsigned.
    pub signed_by: Option<PublisherName>,
    /// True if no later version of the same name was uploaded.
    pub latest: bool,
    /// The profiles that run it, by name.
    pub profiles: Vec<ProfileName>,
}

impl StoredConnector {
    /// Formats name, version and digest: `jupyterhub 0.1.0 (0123456789ab)`.
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

const SELECT: &str = "
    SELECT description, digest, size, uploaded_at, granted, granted_at,
           (SELECT since FROM disabled_connector d WHERE d.digest = connector.digest)
               AS disabled_at,
           (SELECT p.name FROM connector_signature s JOIN publisher p ON p.key = s.key
            WHERE s.digest = connector.digest) AS signed_by,
           id = (SELECT max(id) FROM connector c WHERE c.name = connector.name) AS latest,
           (SELECT json_group_array(name) FROM (
               SELECT name FROM profile p WHERE p.digest = connector.digest ORDER BY name))
               AS profiles
    FROM connector";

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredConnector> {
    let description = row.get::<_, Json<DescriptionRow>>("description")?.0;
    let grant = row.get::<_, Option<Json<GrantRow>>>("granted")?;
    let granted_at = row.get::<_, Option<Millis>>("granted_at")?;
    let disabled_at = row.get::<_, Option<Millis>>("disabled_at")?;
    let signed_by = row.get::<_, Option<Text<_>>>("signed_by")?;

    Ok(StoredConnector {
        description: description.into(),
        digest: row.get::<_, Text<_>>("digest")?.0,
        size: row.get::<_, Count>("size")?.0,
        uploaded_at: row.get::<_, Millis>("uploaded_at")?.0,
        grant: grant.map(|grant| grant.0.into()),
        granted_at: granted_at.map(|at| at.0),
        disabled_at: disabled_at.map(|at| at.0),
        signed_by: signed_by.map(|name| name.0),
        latest: row.get("latest")?,
        profiles: row.get::<_, Json<_>>("profiles")?.0,
    })
}

/// Finds one connector within a transaction, by a condition that at most one meets.
pub(crate) fn find_where(
    tx: &Transaction<'_>,
    condition: &str,
    values: impl Params,
) -> Result<Option<StoredConnector>, StoreError> {
    let sql = format!("{SELECT} WHERE {condition}");
    Ok(tx.query_row(&sql, values, stored).optional()?)
}

/// Finds the connector with a digest within a transaction.
pub(crate) fn find(tx: &Transaction<'_>, digest: &Digest) -> Result<StoredConnector, StoreError> {
    find_where(tx, "digest = ?1", [Text(digest)])?
        .ok_or_else(|| StoreError::not_found("connector", digest))
}

/// Finds the versions of a connector within a transaction, the earliest upload first.
pub(crate) fn find_versions(
    tx: &Transaction<'_>,
    name: &ConnectorName,
) -> Result<Vec<StoredConnector>, StoreError> {
    let mut statement = tx.prepare(&format!("{SELECT} WHERE name = ?1 ORDER BY id"))?;
    let rows = statement.query_map([name.as_str()], stored)?;

    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Adds a connector. The same bytes again change nothing but their signature. Other bytes under
    /// the same name and version are another connector, and the name then stands for the latest
    /// upload. Also returns the version that was uploaded before it.
    pub fn add_connector(
        &self,
        new: &NewConnector<'_>,
    ) -> Result<(Upload, Option<StoredConnector>), StoreError> {
        let size = u64::try_from(new.bytes.len()).unwrap_or(u64::MAX);
        let name = new.description.name.as_str();

        self.write(|tx| {
            let sql = "
                INSERT INTO connector (digest, name, description, uploaded_at, size, bytes)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (digest) DO NOTHING";
            let values = params![
                Text(new.digest),
                name,
                Json(DescriptionRow::from(new.description)),
                Millis(new.uploaded_at),
                Count(size),
                new.bytes
            ];
            let added = tx.execute(sql, values)?;

            if let Some(signature) = new.signature {
                put_signature(tx, &new.digest, signature)?;
            }

            let earlier = "
                name = ?1 AND id < (SELECT id FROM connector WHERE digest = ?2)
                ORDER BY id DESC LIMIT 1";
            let previous = find_where(tx, earlier, params![name, Text(new.digest)])?;
            let upload = if added == 0 {
                Upload::Known
            } else {
                Upload::New
            };
            Ok((upload, previous))
        })
    }

    /// Returns the connector with this digest.
    pub fn connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.read(|tx| find(tx, digest))
    }

    /// Returns the connector that a name stands for: the latest upload under it.
    pub fn latest_connector(&self, name: &ConnectorName) -> Result<StoredConnector, StoreError> {
        self.read(|tx| {
            find_where(tx, "name = ?1 ORDER BY id DESC LIMIT 1", [name.as_str()])?
                .ok_or_else(|| StoreError::not_found("connector", name))
        })
    }

    /// Returns every connector, by name, the latest upload of each name first.
    pub fn connectors(&self) -> Result<Vec<StoredConnector>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name, id DESC"))?;
            Ok(statement.query_map((), stored)?.collect::<Result<_, _>>()?)
        })
    }

    /// Returns a connector's bytes. They are digested again, because a grant belongs to a digest:
    /// bytes that changed on disk do not inherit it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Damaged`] if the digest differs.
    pub fn connector_bytes(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = self.read(|tx| {
            let sql = "SELECT bytes FROM connector WHERE digest = ?1";
            Ok(tx
                .query_row(sql, [Text(digest)], |row| row.get(0))
                .optional()?)
        })?;
        let bytes = bytes.ok_or_else(|| StoreError::not_found("connector", digest))?;

        match Digest::of(&bytes) {
            same if same == *digest => Ok(bytes),
            other => Err(StoreError::Damaged(format!(
                "the bytes of connector {digest} have the digest {other}"
            ))),
        }
    }
}

fn put_signature(
    tx: &Transaction<'_>,
    digest: &Digest,
    NewSignature { text, key }: NewSignature<'_>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO connector_signature (digest, key, signature) VALUES (?1, ?2, ?3)
        ON CONFLICT (digest) DO UPDATE SET key = excluded.key, signature = excluded.signature";
    tx.execute(sql, params![Text(digest), key, text])?;
    Ok(())
}
