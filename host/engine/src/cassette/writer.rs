//! Writer of a cassette: collects the calls of a run, and writes the file when the run is over.

use super::draft::CassetteDraft;
use super::error::CassetteError;
use super::format::{Cassette, ConnectorIdentity, FORMAT, MAX_CASSETTE_BYTES, RunEnd};
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use purser_model::{Limits, Run, RunState, Settings};
use semver::Version;
use serde::Serialize;
use std::fmt;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Writer of a cassette. Clones write to the same cassette.
#[derive(Clone)]
pub struct CassetteWriter(Arc<Shared>);

struct Shared {
    file: PathBuf,
    draft: Mutex<CassetteDraft>,
}

/// Summary of a written cassette.
#[derive(Debug, Clone, Serialize)]
pub struct RecordingSummary {
    /// Path of the file.
    pub file: PathBuf,
    /// Calls in it.
    pub calls: usize,
    /// True if the run had more calls than there was room for.
    pub cut_off: bool,
}

impl fmt::Debug for CassetteWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CassetteWriter")
            .field("file", &self.0.file)
            .finish_non_exhaustive()
    }
}

impl CassetteWriter {
    /// Limit of a recording, in bytes of the file.
    ///
    /// The other half of what can be read is left for additions by hand and for the layout of an
    /// editor.
    pub const MAX_BYTES: u64 = MAX_CASSETTE_BYTES / 2;

    /// Creates a writer for a new file.
    ///
    /// Recording stops when the file would become larger than `max_bytes`; the run continues.
    ///
    /// # Errors
    /// The file exists, or cannot be written.
    pub fn create(file: &Path, max_bytes: u64) -> Result<Self, CassetteError> {
        // why: not `exists`, which is false for a symbolic link to nowhere
        if fs::symlink_metadata(file).is_ok() {
            return Err(CassetteError::Exists(file.to_owned()));
        }

        // why: an unwritable directory must show before the first request; the file is deleted at
        // once, so that a killed run leaves nothing behind
        drop(temporary_file(file)?);

        let max_bytes = max_bytes.min(Self::MAX_BYTES);
        Ok(Self(Arc::new(Shared {
            file: file.to_owned(),
            draft: Mutex::new(CassetteDraft::new(max_bytes)),
        })))
    }

    /// Begins the document with the connector and the options of the run.
    pub(crate) fn identify(
        &self,
        connector: ConnectorIdentity,
        limits: &Limits,
        settings: &Settings,
    ) {
        let mut draft = self.draft();
        let settings = draft.settings(settings);

        draft.cassette = Some(Cassette {
            format: FORMAT.to_owned(),
            purser: Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version::new(0, 0, 0)),
            recorded_at: Timestamp::now(),
            ended: RunEnd::Interrupted,
            cut_off: false,
            connector,
            limits: limits.clone(),
            settings,
            streams: Vec::new(),
        });
    }

    /// Records the end of a run. Of several runs, the first that is not complete counts.
    pub(crate) fn record_end(&self, run: &Run) {
        let mut draft = self.draft();
        if !matches!(draft.ended, None | Some(RunEnd::Complete)) {
            return;
        }

        let ended = match (&run.outcome, run.state) {
            (Some(outcome), _) => RunEnd::Failed(draft.outcome(outcome)),
            (None, RunState::Complete) => RunEnd::Complete,
            (None, _) => RunEnd::Interrupted,
        };
        draft.ended = Some(ended);
    }

    /// Writes the file, completely or not at all, readable by its owner only.
    ///
    /// Returns `None` and writes nothing if no run began.
    ///
    /// # Errors
    /// The file cannot be written, or was created by another program meanwhile.
    pub fn finish(self) -> Result<Option<RecordingSummary>, CassetteError> {
        let mut draft = self.draft();
        let ended = draft.ended.take();
        let Some(mut cassette) = draft.cassette.take() else {
            return Ok(None);
        };
        if ended.is_none() && cassette.call_count() == 0 {
            return Ok(None);
        }

        cassette.cut_off = draft.cut_off;
        cassette.ended = ended.unwrap_or(RunEnd::Interrupted);
        write_new_file(&self.0.file, &cassette)?;

        Ok(Some(RecordingSummary {
            file: self.0.file.clone(),
            calls: cassette.call_count(),
            cut_off: cassette.cut_off,
        }))
    }

    /// Locks the draft.
    pub(super) fn draft(&self) -> MutexGuard<'_, CassetteDraft> {
        self.0.draft.lock()
    }
}

fn write_new_file(file: &Path, cassette: &Cassette) -> Result<(), CassetteError> {
    let failed = |error: &dyn fmt::Display| unwritable(file, error);
    let temporary = temporary_file(file)?;

    let mut out = BufWriter::new(temporary.as_file());
    serde_json::to_writer_pretty(&mut out, cassette).map_err(|error| failed(&error))?;
    writeln!(out)
        .and_then(|()| out.flush())
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    drop(out);

    temporary
        .persist_noclobber(file)
        .map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => CassetteError::Exists(file.to_owned()),
            _ => failed(&error.error),
        })?;
    Ok(())
}

/// Creates a temporary file in the directory of `file`, readable by its owner only.
fn temporary_file(file: &Path) -> Result<NamedTempFile, CassetteError> {
    let directory = file
        .parent()
        // why: the parent of a bare file name is an empty path
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."));

    tempfile::Builder::new()
        .prefix(".cassette-")
        .tempfile_in(directory)
        .map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &dyn fmt::Display) -> CassetteError {
    CassetteError::Unwritable {
        file: file.to_owned(),
        reason: error.to_string(),
    }
}
