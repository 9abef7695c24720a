//! Connectors: uploaded bytes, what they say of themselves, and what they were granted.

use crate::convert::{Count, Json, Millis, Text};
use crate::{Store, StoreError};
use purser_model::{
    ConnectorName, Description, Digest, Grant, ProfileName, PublisherName, Timestamp,
};
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

/// A connector to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewConnector<'a> {
    /// What it says of itself.
    pub description: &'a Description,
    /// The digest of `bytes`.
    pub digest: Digest,
    /// The component.
    pub bytes: &'a [u8],
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// The signature that holds for `bytes`; without one, an earlier one stays.
    pub signature: Option<NewSignature<'a>>,
}

/// A signature to keep with a connector's bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewSignature<'a> {
    /// The signature, in the writing of its format.
    pub text: &'a str,
    /// The publisher's key that it was verified with.
    pub key: &'a str,
}

/// What came of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    /// It is kept now.
    New,
    /// The same bytes were there already, and so was their grant, if any.
    Known,
}

/// A connector that is kept, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConnector {
    /// What it says of itself.
    pub description: Description,
    /// What its bytes are known by.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// What it may do; absent before an operator said so.
    pub grant: Option<Grant>,
    /// When that was said.
    pub granted_at: Option<Timestamp>,
    /// Since when it may not run; absent where it may.
    pub disabled_at: Option<Timestamp>,
    /// The trusted publisher who signed the bytes.
    pub signed_by: Option<PublisherName>,
    /// Whether no later version of the same name was uploaded.
    pub latest: bool,
    /// The profiles that run it.
    pub profiles: Vec<ProfileName>,
}

const SELECT: &str = "SELECT description, digest, size, uploaded_at, granted, granted_at,
    (SELECT since FROM disabled_connector d WHERE d.digest = connector.digest) AS disabled_at,
    (SELECT p.name FROM connector_signature s JOIN publisher p ON p.key = s.key WHERE s.digest = connector.digest) AS signed_by,
    id = (SELECT max(id) FROM connector c WHERE c.name = connector.name) AS latest,
    (SELECT json_group_array(name) FROM (SELECT name FROM profile p WHERE p.digest = connector.digest ORDER BY name)) AS profiles
    FROM connector";

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredConnector> {
    Ok(StoredConnector {
        description: row.get::<_, Json<_>>("description")?.0,
        digest: row.get::<_, Text<_>>("digest")?.0,
        size: row.get::<_, Count>("size")?.0,
        uploaded_at: row.get::<_, Millis>("uploaded_at")?.0,
        grant: row
            .get::<_, Option<Json<_>>>("granted")?
            .map(|grant| grant.0),
        granted_at: row.get::<_, Option<Millis>>("granted_at")?.map(|at| at.0),
        disabled_at: row.get::<_, Option<Millis>>("disabled_at")?.map(|at| at.0),
        signed_by: row
            .get::<_, Option<Text<_>>>("signed_by")?
            .map(|name| name.0),
        latest: row.get("latest")?,
        profiles: row.get::<_, Json<_>>("profiles")?.0,
    })
}

/// Finds one connector within a transaction, by a condition that at most one meets.
pub(crate) fn one(
    tx: &Transaction<'_>,
    condition: &str,
    values: impl Params,
) -> Result<Option<StoredConnector>, StoreError> {
    Ok(tx
        .query_row(&format!("{SELECT} WHERE {condition}"), values, stored)
        .optional()?)
}

/// Finds the connector with a digest within a transaction.
pub(crate) fn find(tx: &Transaction<'_>, digest: &Digest) -> Result<StoredConnector, StoreError> {
    one(tx, "digest = ?1", [Text(digest)])?
        .ok_or_else(|| StoreError::not_found("connector", digest))
}

impl Store {
    /// Keeps a connector. The same bytes again change nothing but their signature; other bytes under the same name and version are another connector, and the
    /// name then stands for the latest upload. Gives the version that was uploaded before it, too.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn add_connector(
        &self,
        new: &NewConnector<'_>,
    ) -> Result<(Upload, Option<StoredConnector>), StoreError> {
        let size = u64::try_from(new.bytes.len()).unwrap_or(u64::MAX);
        self.write(|tx| {
            let sql = "INSERT INTO connector (digest, name, description, uploaded_at, size, bytes)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (digest) DO NOTHING";
            let name = new.description.name.as_str();
            let description = Json(new.description);
            let added = tx.execute(
                sql,
                params![Text(new.digest), name, description, Millis(new.uploaded_at), Count(size), new.bytes],
            )?;
            if let Some(NewSignature { text, key }) = new.signature {
                let sql = "INSERT INTO connector_signature (digest, key, signature) VALUES (?1, ?2, ?3)
                           ON CONFLICT (digest) DO UPDATE SET key = excluded.key, signature = excluded.signature";
                tx.execute(sql, params![Text(new.digest), key, text])?;
            }
            let earlier = "name = ?1 AND id < (SELECT id FROM connector WHERE digest = ?2) ORDER BY id DESC LIMIT 1";
            let previous = one(tx, earlier, params![name, Text(new.digest)])?;
            Ok((if added == 0 { Upload::Known } else { Upload::New }, previous))
        })
    }

    /// The connector with this digest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.read(|tx| find(tx, digest))
    }

    /// The connector that a name stands for: the latest upload under it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn latest_connector(&self, name: &ConnectorName) -> Result<StoredConnector, StoreError> {
        self.read(|tx| {
            one(tx, "name = ?1 ORDER BY id DESC LIMIT 1", [name.as_str()])?
                .ok_or_else(|| StoreError::not_found("connector", name))
        })
    }

    /// Every connector, by name, the latest upload of each first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connectors(&self) -> Result<Vec<StoredConnector>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(&format!("{SELECT} ORDER BY name, id DESC"))?;
            Ok(statement.query_map((), stored)?.collect::<Result<_, _>>()?)
        })
    }

    /// A connector's bytes. They are digested again, because it is to a digest that a grant was given: bytes that changed on disk do not
    /// inherit it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Damaged`], or the store cannot be read.
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
