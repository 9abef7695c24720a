//! The document in which a connection's secrets are sealed: a JSON object of them by name.

use crate::secret::SealedText;
use crate::{Secret, VaultError};
use purser_model::FieldName;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Writes secrets as a document.
pub(super) fn write(secrets: &BTreeMap<FieldName, Secret>) -> Secret {
    let texts: BTreeMap<_, _> = secrets
        .iter()
        .map(|(name, secret)| (name.as_str(), secret.expose()))
        .collect();

    // Room for everything, escaped: a buffer that grows leaves copies in memory.
    let room = texts
        .iter()
        .map(|(name, text)| name.len() + 6 * text.len() + 6)
        .sum::<usize>();

    let mut buffer = Zeroizing::new(Vec::with_capacity(room + 2));

    // Cannot fail for these types. If it did, the document would be one that does not open.
    let written = serde_json::to_writer(&mut *buffer, &texts);
    debug_assert!(written.is_ok() && buffer.len() <= room + 2);

    Secret::new(String::from_utf8(std::mem::take(&mut *buffer)).unwrap_or_default())
}

/// Opens a document. The error does not quote it.
pub(super) fn open(document: &Secret) -> Result<BTreeMap<FieldName, Secret>, VaultError> {
    // The parser's own message could quote the document.
    let malformed = |_| VaultError::UnknownFormat {
        context: "the connection's secret fields".into(),
    };

    let texts: BTreeMap<FieldName, SealedText<Secret>> =
        serde_json::from_str(document.expose()).map_err(malformed)?;

    Ok(texts
        .into_iter()
        .map(|(name, text)| (name, text.0))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn document_opened_again_has_the_same_secrets(texts in proptest::collection::btree_map("[a-z]([a-z0-9-]{0,8}[a-z0-9])?", ".{0,40}", 0..4)) {
            let secrets = texts.iter().map(|(name, text)| (name.parse().unwrap(), Secret::new(text.clone()))).collect();
            let opened = open(&write(&secrets)).ok().unwrap();
            let opened: BTreeMap<_, _> = opened.iter().map(|(name, secret)| (name.to_string(), secret.expose().to_owned())).collect();
            prop_assert_eq!(opened, texts);
        }
    }

    #[test]
    fn open_malformed_document_is_refused_without_quoting_it() {
        for bad in [
            "",
            "\"hush-hush\"",
            "{\"key\":[\"hush-hush\"]}",
            "{\"hush-hush\":1}",
            "{\"Hush-hush\":\"x\"}",
        ] {
            let error = open(&Secret::new(bad.to_owned())).err().unwrap();
            assert!(matches!(error, VaultError::UnknownFormat { .. }));
            assert!(!format!("{error} {error:?}").contains("ush-hush"));
        }
    }
}
