//! Signatures of connectors: detached, and verified with the keys of trusted publishers.
//!
//! The format is minisign's (<https://jedisct1.github.io/minisign/>), a tool that publishers can
//! get anywhere: Ed25519 over the BLAKE2b digest of the file. Its legacy form, over the file
//! itself, is refused.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minisign_verify::{Error as VerifyError, PublicKey, Signature};
use purser_model::{Blame, Blamed, Digest, NextStep, PublisherName};
use purser_store::Publisher;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Status of a connector's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SignatureStatus {
    /// There is no signature.
    Unsigned,
    /// A trusted publisher signed it.
    Trusted {
        /// The publisher.
        publisher: PublisherName,
    },
    /// The key belongs to no trusted publisher. Counts as unsigned.
    Unknown {
        /// The key.
        key: KeyId,
    },
}

/// Id of a key: the eight bytes by which signatures name it, printed as minisign does.
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

/// Public key of a publisher: the line that begins with `RW`, alone or in the file that
/// `minisign -G` writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublisherKey(String);

impl PublisherKey {
    /// Returns the key as one line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id by which signatures name the key.
    #[must_use]
    pub fn id(&self) -> Option<KeyId> {
        key_id(&self.0)
    }
}

impl FromStr for PublisherKey {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let lines = text.lines().map(str::trim);
        let mut lines = lines.filter(|line| !line.is_empty());
        let line = lines.next_back().unwrap_or_default();

        PublicKey::from_base64(line).map_err(|_| SignatureError::NoKey)?;
        Ok(Self(line.to_owned()))
    }
}

/// Reads the key id in a line of a key or of a signature: eight bytes after the two of the
/// algorithm.
fn key_id(line: &str) -> Option<KeyId> {
    let bytes = BASE64_STANDARD.decode(line).ok()?;
    Some(KeyId(bytes.get(2..10)?.try_into().ok()?))
}

/// Reason why a signature or a key does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The text is not a public key.
    #[error("this is not a minisign public key")]
    NoKey,
    /// The text is not a signature.
    #[error("this is not a minisign signature: {0}")]
    Malformed(&'static str),
    /// There is no signature, and one is required.
    #[error("the connector {0} is not signed, and only signed connectors may be used here")]
    Unsigned(Digest),
    /// The signature is for other bytes.
    #[error(
        "the signature is not for these bytes ({digest}): they were changed after {publisher} signed them, or it was made for another file"
    )]
    Bad {
        /// Digest of the bytes.
        digest: Digest,
        /// Publisher whose key the signature names.
        publisher: PublisherName,
    },
    /// The key belongs to no trusted publisher, and a trusted one is required.
    #[error(
        "the connector {digest} is signed with key {key}, which belongs to no trusted publisher"
    )]
    Unknown {
        /// Digest of the bytes.
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
        Some(match self {
            Self::NoKey => NextStep::advice(
                "give the line that begins with RW, or the file that `minisign -G` wrote (minisign.pub)",
            ),
            Self::Malformed(_) => NextStep::advice(
                "give the file that `minisign -S` wrote (FILE.minisig); if FILE.minisig is something else, move it away",
            ),
            Self::Unsigned(_) => NextStep::UploadSigned.and(NextStep::LiftSignatureRequirement),
            Self::Bad { .. } => NextStep::advice(
                "do not use these bytes; get file and signature again from the publisher",
            ),
            Self::Unknown { .. } => {
                NextStep::advice("if you know the publisher, get the key from them")
                    .and(NextStep::TrustPublisher)
                    .and(NextStep::ListPublishers)
            }
        })
    }
}

/// Verifies a signature of these bytes. Returns its status and the publisher whose key verified it.
///
/// # Errors
/// The text is not a signature, or names a trusted publisher's key and is for other bytes.
pub(super) fn verify<'a>(
    bytes: &[u8],
    signature: &str,
    trusted: &'a [Publisher],
) -> Result<(SignatureStatus, Option<&'a Publisher>), SignatureError> {
    let decoded = Signature::decode(signature).map_err(|error| match error {
        VerifyError::UnsupportedAlgorithm => SignatureError::Malformed("its algorithm is unknown"),
        _ => SignatureError::Malformed("four lines are expected, as minisign writes them"),
    })?;

    for publisher in trusted {
        let key = PublicKey::from_base64(&publisher.key).map_err(|_| SignatureError::NoKey)?;
        match key.verify(bytes, &decoded, false) {
            Ok(()) => {
                let status = SignatureStatus::Trusted {
                    publisher: publisher.name.clone(),
                };
                return Ok((status, Some(publisher)));
            }
            // why: the signature names another key, perhaps that of the next publisher
            Err(VerifyError::UnexpectedKeyId) => {}
            Err(VerifyError::UnexpectedAlgorithm) => {
                return Err(SignatureError::Malformed(
                    "it has minisign's legacy form; sign without -l",
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

    let key_line = signature.lines().nth(1);
    let key = key_line
        .and_then(|line| key_id(line.trim()))
        .ok_or(SignatureError::Malformed("it does not name its key"))?;
    Ok((SignatureStatus::Unknown { key }, None))
}
