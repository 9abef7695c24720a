//! Text that is wiped from memory and cannot be printed.

use crate::opaque::assert_opaque;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// Shortest secret in bytes.
///
/// Responses are searched for the secret. A shorter one would be found by chance, or is an ordinary
/// word, and redacting it would damage the data. Keys that applications issue are several times
/// longer.
pub const SHORTEST_SECRET: usize = 6;

/// Secret text, overwritten when dropped.
///
/// It has neither `Debug` nor `Display` nor `Serialize` nor `Clone`: the only way to its content is
/// [`Secret::expose`], which is easy to search for. The HTTP client and the kernel make copies that
/// are not overwritten.
pub struct Secret(Zeroizing<String>);

assert_opaque!(Secret);

impl Secret {
    /// Takes the text over, without a copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Returns the text itself. Every caller must know where it goes next.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Makes a second copy, which is overwritten on its own.
    pub(crate) fn duplicate(&self) -> Self {
        Self::new(self.expose().to_owned())
    }
}

/// Secret within a document that is itself sealed: the only form that serde reads and writes.
pub(crate) struct SealedText<T>(pub(crate) T);

impl Serialize for SealedText<&Secret> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for SealedText<Secret> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A secret at once, so that it is wiped even if the rest of the document is malformed.
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}
