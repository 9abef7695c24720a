//! Reading of cassettes, which may come from anyone.

use super::error::CassetteError;
use super::format::{Cassette, FORMAT, FORMAT_PREFIX, MAX_CALLS};
use super::text::shorten;
use serde::Deserialize;

/// Beginning of a cassette of any version.
#[derive(Deserialize)]
struct Head {
    format: String,
}

impl Cassette {
    /// Reads a cassette of the current format.
    ///
    /// # Errors
    /// The bytes are not a cassette, have another format, are damaged, or have too many calls.
    pub fn read(bytes: &[u8]) -> Result<Self, CassetteError> {
        require_format(bytes)?;

        let cassette: Self = serde_json::from_slice(bytes)
            .map_err(|error| CassetteError::Damaged(shorten(&error.to_string())))?;
        let calls = cassette.call_count();
        if calls > MAX_CALLS {
            return Err(CassetteError::TooManyCalls(calls));
        }

        Ok(cassette)
    }
}

/// Fails unless the document states the current format. Reads nothing else, because the rest of
/// another format is unknown.
fn require_format(bytes: &[u8]) -> Result<(), CassetteError> {
    let Head { format } = serde_json::from_slice(bytes)
        .map_err(|error| CassetteError::NotACassette(shorten(&error.to_string())))?;
    if format == FORMAT {
        return Ok(());
    }

    let stated = shorten(&format);
    Err(if format.starts_with(FORMAT_PREFIX) {
        CassetteError::OtherFormat(stated)
    } else {
        CassetteError::NotACassette(format!("its format is {stated:?}"))
    })
}
