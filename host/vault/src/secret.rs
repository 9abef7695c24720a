//! Text that must not be seen.

use zeroize::Zeroizing;

/// The least bytes of a secret. What comes back from an application is searched for the secret; a shorter one would be found by chance, or
/// is an ordinary word, and taking it out would damage the data. Keys that applications issue are several times longer.
pub const SHORTEST_SECRET: usize = 6;

/// Secret text. It is overwritten when dropped, and has neither `Debug` nor `Display` nor `Serialize` nor `Clone`: the only way to its
/// content is [`Secret::expose`], which is easy to search for.
///
/// What takes the text over the network (an HTTP client, the kernel) makes copies that are not overwritten; nobody can help that.
pub struct Secret(Zeroizing<String>);

static_assertions::assert_not_impl_any!(Secret: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize, AsRef<str>);

impl Secret {
    /// Takes the text over. No copy is left behind.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Every caller must know where it goes next.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
