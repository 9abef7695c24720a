//! Exports: files of all members that take a while to prepare.

use crate::compress;
use axum::body::Bytes;
use serde::Deserialize;
use std::io;

/// The number of state requests after which an export is ready.
const REQUESTS_UNTIL_READY: u32 = 3;

/// An export in preparation or ready.
pub(crate) struct Export {
    format: ExportFormat,
    state_requests: u32,
    /// The file, as of the moment the export was started.
    file: Bytes,
}

impl Export {
    /// Creates an export in preparation.
    pub(crate) const fn new(format: ExportFormat, file: Bytes) -> Self {
        Self {
            format,
            state_requests: 0,
            file,
        }
    }

    /// Counts a state request and returns the state's name.
    pub(crate) const fn poll(&mut self) -> &'static str {
        self.state_requests += 1;

        if self.is_ready() { "ready" } else { "running" }
    }

    /// Returns true if the file can be downloaded.
    pub(crate) const fn is_ready(&self) -> bool {
        self.state_requests >= REQUESTS_UNTIL_READY
    }

    /// Returns the format of the file.
    pub(crate) const fn format(&self) -> ExportFormat {
        self.format
    }

    /// Returns the whole file.
    pub(crate) fn file(&self) -> Bytes {
        self.file.clone()
    }
}

/// The format and the compression of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum ExportFormat {
    /// Plain CSV.
    #[serde(rename = "csv")]
    Csv,
    /// CSV compressed with gzip.
    #[serde(rename = "csv.gz")]
    CsvGz,
    /// CSV in a ZIP archive.
    #[serde(rename = "csv.zip")]
    CsvZip,
    /// Plain JSON lines.
    #[serde(rename = "jsonl")]
    Jsonl,
    /// JSON lines compressed with gzip.
    #[serde(rename = "jsonl.gz")]
    JsonlGz,
    /// JSON lines in a ZIP archive.
    #[serde(rename = "jsonl.zip")]
    JsonlZip,
}

impl ExportFormat {
    /// Returns true if the text is CSV, and false if it is JSON lines.
    pub(crate) const fn is_csv(self) -> bool {
        matches!(self, Self::Csv | Self::CsvGz | Self::CsvZip)
    }

    /// Returns true if the file is not compressed.
    pub(crate) const fn is_plain(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    /// Compresses the text as the format demands.
    pub(crate) fn compress(self, text: &[u8]) -> io::Result<Vec<u8>> {
        // An archive has a file beside the export, which connectors must skip.
        let zip = |name| compress::zip(&[("READ.ME", b"All members."), (name, text)]);

        match self {
            Self::Csv | Self::Jsonl => Ok(text.to_vec()),
            Self::CsvGz | Self::JsonlGz => compress::gzip(text),
            Self::CsvZip => zip("members.csv"),
            Self::JsonlZip => zip("members.jsonl"),
        }
    }
}
