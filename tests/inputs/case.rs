//! The format of a case: TOML with the answers of the application, the files to import, and the
//! right values.
//!
//! Texts may contain times that are computed when they are sent: `@now-3d:iso@` is the instant
//! three days ago, `@now+20s:epoch@` the seconds since 1970 in 20 seconds. The units are `s` and
//! `d`; the forms are `iso`, `http` (an HTTP date), `epoch` and `micros`. `@base@` is the base URL
//! of the application.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// An input with its right values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Case {
    /// The fault that this input provoked, and why the expected values are right.
    #[allow(dead_code, reason = "for the reader of the file")]
    pub(crate) about: String,
    /// The folder of the connector. Absent: the case only imports files.
    pub(crate) connector: Option<String>,
    /// Settings of the profile, as `name=value`.
    #[serde(default)]
    pub(crate) settings: Vec<String>,
    /// The configuration template, if it is not `bearer`.
    pub(crate) template: Option<Template>,
    /// The answers for the first read; the first that fits a request is given.
    #[serde(default)]
    pub(crate) answers: Vec<Answer>,
    /// The answers for the second read. Empty: there is none.
    #[serde(default)]
    pub(crate) then: Vec<Answer>,
    /// The file of people, imported before the first read.
    pub(crate) people: Option<ImportedFile>,
    /// The file of entitlements, imported before the first read.
    pub(crate) entitlements: Option<ImportedFile>,
    /// The right result of `connection create`.
    pub(crate) connect: Option<CommandResult>,
    /// The right results of the first read.
    #[serde(default)]
    pub(crate) read: ReadResult,
    /// The right results of the second read.
    #[serde(default)]
    pub(crate) read_again: ReadResult,
}

/// A configuration template with its values. The secret is `secret`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) name: String,
    /// As `name=value`.
    pub(crate) set: Vec<String>,
}

/// An answer of the application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// The end of the path of the request.
    pub(crate) path: String,
    /// Values that the query of the request must contain.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default = "ok")]
    pub(crate) status: u16,
    /// Header fields, as `Name: value`. The content type is JSON if none is given.
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    #[serde(default)]
    pub(crate) body: String,
    /// The encodings of the body, applied in this order.
    #[serde(default)]
    pub(crate) encode: Vec<Encoding>,
}

/// A file to import, with the right result of the command.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportedFile {
    /// The text of the file; `\r` and other escapes as in any TOML string.
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) encode: Vec<Encoding>,
    /// Further options of the command.
    #[serde(default)]
    pub(crate) options: String,
    /// The exit code.
    #[serde(default)]
    pub(crate) code: i32,
    /// Texts that the output contains.
    #[serde(default)]
    pub(crate) says: Vec<String>,
}

/// An encoding of text or bytes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encoding {
    /// UTF-8 with a byte order mark.
    ByteOrderMark,
    /// UTF-16, little-endian, without a byte order mark.
    Utf16le,
    /// Gzip.
    Gzip,
    /// Deflate without the zlib header.
    RawDeflate,
}

/// The right result of a command.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CommandResult {
    /// The exit code.
    pub(crate) code: i32,
    /// Texts that the output contains.
    pub(crate) says: Vec<String>,
    /// Texts that the output does not contain.
    pub(crate) never_says: Vec<String>,
}

/// The right results of a read. What is absent is not compared.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ReadResult {
    /// The exit code, one of these. Empty: 0.
    pub(crate) code: Vec<i32>,
    /// Texts that the output of the run contains.
    pub(crate) says: Vec<String>,
    /// Texts that the output of the run does not contain.
    pub(crate) never_says: Vec<String>,
    /// The largest number of requests of the run.
    pub(crate) requests: Option<usize>,
    /// The shortest and the longest time until the run continues, in seconds.
    pub(crate) parked: Option<(i64, i64)>,
    /// The ids of all accounts.
    pub(crate) accounts: Option<Vec<String>>,
    /// Values that an account has, by its id.
    pub(crate) account: BTreeMap<String, serde_json::Value>,
    /// The employee number that an account is matched to, by its id; empty for none.
    pub(crate) matched: BTreeMap<String, String>,
    /// The number of seats held.
    pub(crate) held: Option<u64>,
    /// The accounts of candidates that could be approved at once.
    pub(crate) ready: Option<Vec<String>>,
    /// The accounts of candidates that a person must look at.
    pub(crate) attention: Option<Vec<String>>,
    /// Texts that the output of `position` contains.
    pub(crate) position_says: Vec<String>,
}

fn ok() -> u16 {
    200
}

impl Case {
    /// Reads a case.
    pub(crate) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

impl Encoding {
    /// Encodes bytes, which are UTF-8 for encodings of text.
    pub(crate) fn apply(self, bytes: &[u8]) -> Vec<u8> {
        use flate2::Compression;
        use std::io::Write as _;

        match self {
            Self::ByteOrderMark => [b"\xEF\xBB\xBF", bytes].concat(),
            Self::Utf16le => String::from_utf8_lossy(bytes)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            Self::Gzip => {
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
                gzip.write_all(bytes).unwrap();
                gzip.finish().unwrap()
            }
            Self::RawDeflate => {
                let mut deflate =
                    flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
                deflate.write_all(bytes).unwrap();
                deflate.finish().unwrap()
            }
        }
    }
}

/// Applies encodings in order.
pub(crate) fn encoded(text: &str, encodings: &[Encoding]) -> Vec<u8> {
    encodings
        .iter()
        .fold(text.as_bytes().to_vec(), |bytes, encoding| {
            encoding.apply(&bytes)
        })
}
