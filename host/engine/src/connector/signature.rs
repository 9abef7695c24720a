//! Who vouches for a connector's bytes: a detached signature beside them, and the publishers whose keys the operator trusts.
//!
//! The format is minisign's (<https://jedisct1.github.io/minisign/>), so that publishers sign with a tool that they can get anywhere: Ed25519
//! over the BLAKE2b digest of the file. Its older form, over the file itself, is not taken.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minisign_verify::{Error as Unverified, PublicKey, Signature};
use purser_model::{Blame, Blamed, Digest, NextStep, PublisherName};
use purser_store::Publisher;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// What a signature is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Standing {
    /// There is none.
    Unsigned,
    /// It is of a publisher whom the operator trusts.
    Trusted {
        /// Who.
        publisher: PublisherName,
    },
    /// It is by a key that no trusted publisher has: worth no more than none.
    Unknown {
        /// Which key.
        key: KeyId,
    },
}

/// What a key is called: the eight bytes that its signatures name it by, as minisign prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct KeyId([u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

/// A publisher's public key: the line that begins with `RW`, alone or in the file that `minisign -G` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublisherKey(String);

impl PublisherKey {
    /// The key in one line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its signatures call it.
    #[must_use]
    pub fn id(&self) -> Option<KeyId> {
        key_id(&self.0)
    }
}

impl FromStr for PublisherKey {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let line = text
            .lines()
            .map(str::trim)
            .rfind(|line| !line.is_empty())
            .unwrap_or_default();
        PublicKey::from_base64(line).map_err(|_| SignatureError::NoKey)?;
        Ok(Self(line.to_owned()))
    }
}

/// The key's name in a line of a key or of a signature: two bytes say the algorithm, and the next eight are it.
fn key_id(line: &str) -> Option<KeyId> {
    let bytes = BASE64_STANDARD.decode(line).ok()?;
    Some(KeyId(bytes.get(2..10)?.try_into().ok()?))
}

/// Why bytes are not taken for what somebody signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Text that is no public key.
    #[error("this is no minisign public key")]
    NoKey,
    /// Text that is no signature.
    #[error("this is no minisign signature: {0}")]
    Malformed(&'static str),
    /// There is no signature, and one is required.
    #[error("the connector {0} is not signed, and only signed connectors may be used here")]
    Unsigned(Digest),
    /// The signature does not hold.
    #[error(
        "the signature is not for these bytes ({digest}): they were changed after {publisher} signed them, or it was made for another file"
    )]
    Bad {
        /// The bytes.
        digest: Digest,
        /// The publisher whose key it names.
        publisher: PublisherName,
    },
    /// The signature is by a stranger, and one of a trusted publisher is required.
    #[error("the connector {digest} is signed with key {key}, which is no trusted publisher's")]
    Unknown {
        /// The bytes.
        digest: Digest,
        /// The key.
        key: KeyId,
    },
}

impl Blamed for SignatureError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text = match self {
            Self::NoKey => {
                "give the line that begins with RW, or the file that `minisign -G` made (minisign.pub)"
            }
            Self::Malformed(_) => {
                "give the file that `minisign -S` made (FILE.minisig); where FILE.minisig is not meant, move it away"
            }
            Self::Unsigned(_) => {
                "upload it with its publisher's signature: --signature FILE.minisig; \
                 `purser connector policy --require-signature off` ends the requirement"
            }
            Self::Bad { .. } => {
                "do not use these bytes; get file and signature again from the publisher"
            }
            Self::Unknown { .. } => {
                "if you know whose key it is, get the key from them and `purser publisher trust NAME KEY`, then upload again; \
                 `purser publisher list` shows whom you trust"
            }
        };
        Some(NextStep::from(text))
    }
}

/// Whose signature it is that these bytes carry, and the key that says so.
///
/// # Errors
/// When the text is no signature, or names a trusted publisher's key and does not hold for the bytes.
pub(crate) fn check<'a>(
    bytes: &[u8],
    signature: &str,
    trusted: &'a [Publisher],
) -> Result<(Standing, Option<&'a Publisher>), SignatureError> {
    let decoded = Signature::decode(signature).map_err(|error| match error {
        Unverified::UnsupportedAlgorithm => SignatureError::Malformed("its algorithm is unknown"),
        _ => SignatureError::Malformed("four lines are expected, as minisign writes them"),
    })?;
    for publisher in trusted {
        let key = PublicKey::from_base64(&publisher.key).map_err(|_| SignatureError::NoKey)?;
        match key.verify(bytes, &decoded, false) {
            Ok(()) => {
                return Ok((
                    Standing::Trusted {
                        publisher: publisher.name.clone(),
                    },
                    Some(publisher),
                ));
            }
            Err(Unverified::UnexpectedKeyId) => {}
            Err(Unverified::UnexpectedAlgorithm) => {
                return Err(SignatureError::Malformed(
                    "it is of minisign's legacy form; sign without -l",
                ));
            }
            Err(_) => {
                return Err(SignatureError::Bad {
                    digest: Digest::of(bytes),
                    publisher: publisher.name.clone(),
                });
            }
        }
    }
    let key = signature
        .lines()
        .nth(1)
        .and_then(|line| key_id(line.trim()));
    let key = key.ok_or(SignatureError::Malformed("it does not name its key"))?;
    Ok((Standing::Unknown { key }, None))
}
