//! The vault in JSON: `purser vault`.

use super::Document;
use purser_engine::KeyRotated;
use serde::Serialize;
use std::path::Path;

/// A rotation of the vault's key.
#[derive(Serialize)]
pub(crate) struct KeyRotatedJson<'a> {
    secrets: u64,
    key_file: &'a Path,
    to_be_installed: bool,
}

impl Document for KeyRotatedJson<'_> {}

impl<'a> From<&'a KeyRotated> for KeyRotatedJson<'a> {
    fn from(rotated: &'a KeyRotated) -> Self {
        Self {
            secrets: rotated.secrets,
            key_file: &rotated.key_file,
            to_be_installed: rotated.to_be_installed,
        }
    }
}
