//! The document in which a connection's secrets are sealed: a JSON object of them by name.

use crate::{Secret, VaultError};
use purser_model::FieldName;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub(super) fn write(secrets: &BTreeMap<FieldName, Secret>) -> Secret {
    let texts: BTreeMap<_, _> = secrets
        .iter()
        .map(|(name, secret)| (name.as_str(), secret.expose()))
        .collect();
    // Room for everything, escaped: a buffer that grows leaves copies behind.
    let room = texts
        .iter()
        .map(|(name, text)| name.len() + 6 * text.len() + 6)
        .sum::<usize>();
    let mut buffer = Zeroizing::new(Vec::with_capacity(room + 2));
    // Text by text cannot fail to be written; if it did, the document would be one that does not open.
    let written = serde_json::to_writer(&mut *buffer, &texts);
    debug_assert!(written.is_ok() && buffer.len() <= room + 2);
    Secret::new(String::from_utf8(std::mem::take(&mut *buffer)).unwrap_or_default())
}

pub(super) fn open(document: &Secret) -> Result<BTreeMap<FieldName, Secret>, VaultError> {
    // What the parser says could quote the document.
    let unknown = |_| VaultError::Format {
        context: "the connection's secret fields".into(),
    };
    let texts: BTreeMap<FieldName, Text> =
        serde_json::from_str(document.expose()).map_err(unknown)?;
    Ok(texts
        .into_iter()
        .map(|(name, text)| (name, text.0))
        .collect())
}

/// A secret that is read. It becomes one at once, so that it is wiped even if what follows is no document.
struct Text(Secret);

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_document_opens_as_what_it_was(texts in proptest::collection::btree_map("[a-z]([a-z0-9-]{0,8}[a-z0-9])?", ".{0,40}", 0..4)) {
            let secrets = texts.iter().map(|(name, text)| (name.parse().unwrap(), Secret::new(text.clone()))).collect();
            let opened = open(&write(&secrets)).ok().unwrap();
            let opened: BTreeMap<_, _> = opened.iter().map(|(name, secret)| (name.to_string(), secret.expose().to_owned())).collect();
            prop_assert_eq!(opened, texts);
        }
    }

    #[test]
    fn what_is_no_document_is_refused_without_being_quoted() {
        for bad in [
            "",
            "\"hush-hush\"",
            "{\"key\":[\"hush-hush\"]}",
            "{\"hush-hush\":1}",
            "{\"Hush-hush\":\"x\"}",
        ] {
            let error = open(&Secret::new(bad.to_owned())).err().unwrap();
            assert!(matches!(error, VaultError::Format { .. }));
            assert!(!format!("{error} {error:?}").contains("ush-hush"));
        }
    }
}
