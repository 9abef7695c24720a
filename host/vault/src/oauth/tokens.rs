//! Tokens, and the document in which they are sealed.

use crate::{Secret, VaultError};
use purser_model::{FieldName, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// The layout of the document below.
const VERSION: u32 = 1;

/// An access token, what renews it, and what is known of both. Has no `Debug`.
pub struct Tokens {
    /// The access token.
    pub access: Secret,
    /// The refresh token.
    pub refresh: Option<Secret>,
    /// When the request that gave the access token was sent.
    pub obtained_at: Timestamp,
    /// When the access token expires. Absent: when it is refused.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token expires, where that is known.
    pub refresh_expires_at: Option<Timestamp>,
    /// How many seconds before it expires the access token is renewed.
    pub margin: u64,
    /// What was granted; where the answer does not say, what was asked for (RFC 6749, section 5.1).
    pub scopes: Vec<String>,
    /// Whether the last refresh gave another refresh token. Absent: there was none yet.
    pub rotates: Option<bool>,
    /// What the template keeps of the answer.
    pub metadata: BTreeMap<FieldName, String>,
}

static_assertions::assert_not_impl_any!(Tokens: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl Tokens {
    /// One document of all of it, to be sealed.
    #[must_use]
    pub fn document(&self) -> Secret {
        let stored = Stored {
            version: VERSION,
            access: Hidden(&self.access),
            refresh: self.refresh.as_ref().map(Hidden),
            obtained_at: self.obtained_at.as_millisecond(),
            expires_at: self.expires_at.map(Timestamp::as_millisecond),
            refresh_expires_at: self.refresh_expires_at.map(Timestamp::as_millisecond),
            margin: self.margin,
            scopes: &self.scopes,
            rotates: self.rotates,
            metadata: &self.metadata,
        };
        // Room for everything, escaped: a buffer that grows leaves copies behind.
        let texts = self
            .scopes
            .iter()
            .map(String::len)
            .chain(self.metadata.values().map(|value| value.len() + 80));
        let secrets = self.access.expose().len()
            + self
                .refresh
                .as_ref()
                .map_or(0, |token| token.expose().len());
        let mut buffer = Zeroizing::new(Vec::with_capacity(
            6 * (secrets + texts.sum::<usize>()) + 4_096,
        ));
        // Nothing in it can fail to be written; if it did, the document would be one that does not open.
        let written = serde_json::to_writer(&mut *buffer, &stored);
        debug_assert!(written.is_ok());
        Secret::new(String::from_utf8(std::mem::take(&mut *buffer)).unwrap_or_default())
    }

    /// Opens such a document.
    ///
    /// # Errors
    /// When it is none, or another version wrote it.
    pub fn open(document: &Secret) -> Result<Self, VaultError> {
        // What the parser says could quote the document.
        let unknown = || VaultError::Format {
            context: "the OAuth tokens".into(),
        };
        let opened: Opened = serde_json::from_str(document.expose()).map_err(|_| unknown())?;
        if opened.version != VERSION {
            return Err(unknown());
        }
        let moment =
            |milliseconds| Timestamp::from_millisecond(milliseconds).map_err(|_| unknown());
        Ok(Self {
            access: opened.access.0,
            refresh: opened.refresh.map(|token| token.0),
            obtained_at: moment(opened.obtained_at)?,
            expires_at: opened.expires_at.map(moment).transpose()?,
            refresh_expires_at: opened.refresh_expires_at.map(moment).transpose()?,
            margin: opened.margin,
            scopes: opened.scopes,
            rotates: opened.rotates,
            metadata: opened.metadata,
        })
    }

    /// Whether the access token should be renewed: it has expired, or is about to.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let soon = now
            .checked_add(Duration::from_secs(self.margin))
            .unwrap_or(Timestamp::MAX);
        self.expires_at.is_some_and(|expiry| expiry <= soon)
    }
}

/// The document, as it is written.
#[derive(Serialize)]
struct Stored<'a> {
    version: u32,
    access: Hidden<&'a Secret>,
    refresh: Option<Hidden<&'a Secret>>,
    obtained_at: i64,
    expires_at: Option<i64>,
    refresh_expires_at: Option<i64>,
    margin: u64,
    scopes: &'a [String],
    rotates: Option<bool>,
    metadata: &'a BTreeMap<FieldName, String>,
}

/// The document, as it is read.
#[derive(Deserialize)]
struct Opened {
    version: u32,
    access: Hidden<Secret>,
    refresh: Option<Hidden<Secret>>,
    obtained_at: i64,
    expires_at: Option<i64>,
    refresh_expires_at: Option<i64>,
    margin: u64,
    scopes: Vec<String>,
    rotates: Option<bool>,
    metadata: BTreeMap<FieldName, String>,
}

static_assertions::assert_not_impl_any!(Stored<'static>: std::fmt::Debug);
static_assertions::assert_not_impl_any!(Opened: std::fmt::Debug);

/// A secret that passes through serde, in this module alone.
struct Hidden<T>(T);

impl Serialize for Hidden<&Secret> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Hidden<Secret> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

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
    fn a_document_opens_as_what_it_was() {
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
    fn what_is_no_document_is_refused_without_being_quoted() {
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
    fn tokens_are_due_a_margin_before_they_expire() {
        let tokens = tokens();
        assert_eq!(
            [4_539, 4_540, 5_000].map(|now| tokens.is_due(second(now))),
            [false, true, true]
        );
        assert!(
            !Tokens {
                expires_at: None,
                ..tokens
            }
            .is_due(Timestamp::MAX),
            "valid until refused"
        );
    }
}
