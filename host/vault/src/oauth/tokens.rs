//! Tokens, and the document in which they are sealed.

use crate::opaque::assert_opaque;
use crate::secret::SealedText;
use crate::{Secret, VaultError};
use purser_model::{FieldName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// Layout of the document below.
const VERSION: u32 = 1;

/// Access token, refresh token, and the facts known of both. Has no `Debug`.
pub struct Tokens {
    /// Access token.
    pub access: Secret,
    /// Refresh token; absent if none was issued.
    pub refresh: Option<Secret>,
    /// Instant at which the request for the access token was sent.
    pub obtained_at: Timestamp,
    /// Expiry of the access token; absent if it is valid until refused.
    pub expires_at: Option<Timestamp>,
    /// Expiry of the refresh token; absent if not known.
    pub refresh_expires_at: Option<Timestamp>,
    /// Seconds before expiry at which the access token is refreshed.
    pub margin: u64,
    /// Granted scopes; the requested ones if the response does not say (RFC 6749, section 5.1).
    pub scopes: Vec<String>,
    /// True if the last refresh issued another refresh token; absent before the first refresh.
    pub rotates: Option<bool>,
    /// Values that the template keeps of the response.
    pub metadata: BTreeMap<FieldName, String>,
}

assert_opaque!(Tokens);

impl Tokens {
    /// Writes all of it as one document, to be sealed.
    #[must_use]
    pub fn document(&self) -> Secret {
        let document = WrittenTokens {
            version: VERSION,
            access: SealedText(&self.access),
            refresh: self.refresh.as_ref().map(SealedText),
            obtained_at: self.obtained_at.as_millisecond(),
            expires_at: self.expires_at.map(Timestamp::as_millisecond),
            refresh_expires_at: self.refresh_expires_at.map(Timestamp::as_millisecond),
            margin: self.margin,
            scopes: &self.scopes,
            rotates: self.rotates,
            metadata: &self.metadata,
        };

        let mut buffer = Zeroizing::new(Vec::with_capacity(self.max_document_length()));

        // Cannot fail for these types. If it did, the document would be one that does not open.
        let written = serde_json::to_writer(&mut *buffer, &document);
        debug_assert!(written.is_ok());

        Secret::new(String::from_utf8(std::mem::take(&mut *buffer)).unwrap_or_default())
    }

    /// Returns enough bytes for the document, with every character escaped: a buffer that grows
    /// leaves copies of secrets in memory.
    fn max_document_length(&self) -> usize {
        let refresh = self
            .refresh
            .as_ref()
            .map_or(0, |token| token.expose().len());

        let secrets = self.access.expose().len() + refresh;
        let scopes = self.scopes.iter().map(String::len);
        let metadata = self.metadata.values().map(|value| value.len() + 80);

        6 * (secrets + scopes.chain(metadata).sum::<usize>()) + 4_096
    }

    /// Opens such a document.
    ///
    /// # Errors
    /// Fails if the text is not a document, or another version of Purser wrote it. The error does
    /// not quote it.
    pub fn open(document: &Secret) -> Result<Self, VaultError> {
        let malformed = || VaultError::UnknownFormat {
            context: "the OAuth tokens".into(),
        };

        let instant =
            |milliseconds| Timestamp::from_millisecond(milliseconds).map_err(|_| malformed());

        // The parser's own message could quote the document.
        let read: ReadTokens = serde_json::from_str(document.expose()).map_err(|_| malformed())?;
        if read.version != VERSION {
            return Err(malformed());
        }

        Ok(Self {
            access: read.access.0,
            refresh: read.refresh.map(|token| token.0),
            obtained_at: instant(read.obtained_at)?,
            expires_at: read.expires_at.map(instant).transpose()?,
            refresh_expires_at: read.refresh_expires_at.map(instant).transpose()?,
            margin: read.margin,
            scopes: read.scopes,
            rotates: read.rotates,
            metadata: read.metadata,
        })
    }

    /// Returns true if the access token has expired or is about to.
    #[must_use]
    pub fn needs_refresh(&self, now: Timestamp) -> bool {
        let soon = now
            .checked_add(Duration::from_secs(self.margin))
            .unwrap_or(Timestamp::MAX);

        self.expires_at.is_some_and(|expiry| expiry <= soon)
    }
}

/// The document as it is written. Instants are in milliseconds since 1970.
#[derive(Serialize)]
struct WrittenTokens<'a> {
    version: u32,
    access: SealedText<&'a Secret>,
    refresh: Option<SealedText<&'a Secret>>,
    obtained_at: i64,
    expires_at: Option<i64>,
    refresh_expires_at: Option<i64>,
    margin: u64,
    scopes: &'a [String],
    rotates: Option<bool>,
    metadata: &'a BTreeMap<FieldName, String>,
}

/// The document as it is read. Instants are in milliseconds since 1970.
#[derive(Deserialize)]
struct ReadTokens {
    version: u32,
    access: SealedText<Secret>,
    refresh: Option<SealedText<Secret>>,
    obtained_at: i64,
    expires_at: Option<i64>,
    refresh_expires_at: Option<i64>,
    margin: u64,
    scopes: Vec<String>,
    rotates: Option<bool>,
    metadata: BTreeMap<FieldName, String>,
}

const _: () = assert!(!purser_model::implements!(WrittenTokens<'static>: std::fmt::Debug));
const _: () = assert!(!purser_model::implements!(ReadTokens: std::fmt::Debug));

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn tokens() -> Tokens {
        Tokens {
            access: Secret::new("acc\"ess\\ ü".to_owned()),
            refresh: Some(Secret::new("refresh-1".to_owned())),
            obtained_at: second(1_000),
            expires_at: Some(second(4_600)),
            refresh_expires_at: Some(second(9_000)),
            margin: 60,
            scopes: vec!["read".into(), "write".into()],
            rotates: Some(true),
            metadata: BTreeMap::from([(
                "instance".parse().unwrap(),
                "https://eu.acme.example".to_owned(),
            )]),
        }
    }

    #[test]
    fn document_opened_again_has_the_same_tokens() {
        let before = tokens();
        let after = Tokens::open(&before.document()).ok().unwrap();

        assert_eq!(after.access.expose(), before.access.expose());
        assert_eq!(after.refresh.unwrap().expose(), "refresh-1");
        assert_eq!(
            (after.obtained_at, after.expires_at),
            (before.obtained_at, before.expires_at)
        );
        assert_eq!(
            (after.refresh_expires_at, after.margin),
            (before.refresh_expires_at, 60)
        );
        assert_eq!(
            (after.scopes, after.rotates, after.metadata),
            (before.scopes, Some(true), before.metadata)
        );

        let bare = Tokens {
            refresh: None,
            expires_at: None,
            refresh_expires_at: None,
            rotates: None,
            ..tokens()
        };

        let after = Tokens::open(&bare.document()).ok().unwrap();

        assert!(after.refresh.is_none() && after.expires_at.is_none() && after.rotates.is_none());
        assert!(after.refresh_expires_at.is_none());
    }

    #[test]
    fn open_malformed_document_is_refused_without_quoting_it() {
        let newer = tokens()
            .document()
            .expose()
            .replace("\"version\":1", "\"version\":2");

        for bad in [
            newer.as_str(),
            "",
            "\"acc-secret\"",
            "{\"version\":1,\"access\":[\"acc-secret\"]}",
        ] {
            let error = Tokens::open(&Secret::new(bad.to_owned())).err().unwrap();
            assert!(
                !format!("{error} {error:?}").contains("acc-secret"),
                "{error}"
            );
        }
    }

    #[test]
    fn needs_refresh_is_true_a_margin_before_expiry() {
        let tokens = tokens();
        assert_eq!(
            [4_539, 4_540, 5_000].map(|now| tokens.needs_refresh(second(now))),
            [false, true, true]
        );
        assert!(
            !Tokens {
                expires_at: None,
                ..tokens
            }
            .needs_refresh(Timestamp::MAX),
            "valid until refused"
        );
    }
}
