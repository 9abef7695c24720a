//! Recording: a run's calls are listened to from the connector's side, and written down when the run is over.

use super::writer::Tape;
use super::{CASSETTE_BYTES, Cassette, CassetteError, Ended, FORMAT, Identity, locked};
use jiff::Timestamp;
use purser_model::{Limits, Run, RunState, Settings};
use semver::Version;
use serde::Serialize;
use std::fmt;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use tempfile::NamedTempFile;

/// A cassette that is being recorded. Clones are the same recording.
#[derive(Clone)]
pub struct Recording(Arc<Shared>);

struct Shared {
    file: PathBuf,
    tape: Mutex<Tape>,
}

/// What became of a recording.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// The file.
    pub file: PathBuf,
    /// The calls in it.
    pub calls: usize,
    /// Whether there were more, and no room for them.
    pub cut_off: bool,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("file", &self.0.file)
            .finish_non_exhaustive()
    }
}

impl Recording {
    /// The most that is recorded, in bytes as they are written. As much is left for what a person adds and an editor lays out anew.
    pub const MOST_BYTES: u64 = CASSETTE_BYTES / 2;

    /// Begins a recording that is to be written to a file, and stops when there is this much of it. The run goes on.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn begin(file: &Path, most_bytes: u64) -> Result<Self, CassetteError> {
        // Also what leads nowhere.
        if fs::symlink_metadata(file).is_ok() {
            return Err(CassetteError::Exists(file.to_owned()));
        }
        // Tried before anything is sent, and gone at once: a run that is killed leaves nothing behind.
        drop(partial(file)?);
        Ok(Self(Arc::new(Shared {
            file: file.to_owned(),
            tape: Mutex::new(Tape::of_at_most(most_bytes.min(Self::MOST_BYTES))),
        })))
    }

    /// Says what is recorded. Without it there is nothing to write.
    pub(crate) fn identify(&self, connector: Identity, limits: &Limits, settings: &Settings) {
        let mut tape = self.tape();
        let settings = tape.settings(settings);
        tape.cassette = Some(Cassette {
            format: FORMAT.to_owned(),
            purser: Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version::new(0, 0, 0)),
            recorded_at: Timestamp::now(),
            ended: Ended::Interrupted,
            cut_off: false,
            connector,
            limits: limits.clone(),
            settings,
            streams: Vec::new(),
        });
    }

    /// Says how a run ended. Of several, the first that failed counts.
    pub(crate) fn ended(&self, run: &Run) {
        let mut tape = self.tape();
        let ended = match (&run.outcome, run.state) {
            (Some(outcome), _) => Ended::Failed(tape.outcome(outcome)),
            (None, RunState::Complete) => Ended::Complete,
            (None, _) => Ended::Interrupted,
        };
        if matches!(tape.ended, None | Some(Ended::Complete)) {
            tape.ended = Some(ended);
        }
    }

    /// Writes the cassette, however the run ended: all of it or none, and readable by nobody else. Nothing is written of a run that never began.
    ///
    /// # Errors
    /// When it cannot be written, or somebody else made the file meanwhile.
    pub fn finish(self) -> Result<Option<Recorded>, CassetteError> {
        let Self(shared) = self;
        let Shared { file, tape, .. } = &*shared;
        let mut tape = locked(tape);
        let ended = tape.ended.take();
        let heard = |cassette: &Cassette| ended.is_some() || cassette.calls() > 0;
        let Some(mut cassette) = tape.cassette.take().filter(heard) else {
            return Ok(None);
        };
        cassette.cut_off = tape.cut_off;
        cassette.ended = ended.unwrap_or(Ended::Interrupted);
        let failed = |error: &dyn fmt::Display| unwritable(file, error);
        let written = partial(file)?;
        let mut out = BufWriter::new(written.as_file());
        serde_json::to_writer_pretty(&mut out, &cassette).map_err(|error| failed(&error))?;
        writeln!(out)
            .and_then(|()| out.flush())
            .map_err(|error| failed(&error))?;
        drop(out);
        written
            .as_file()
            .sync_all()
            .map_err(|error| failed(&error))?;
        written
            .persist_noclobber(file)
            .map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => CassetteError::Exists(file.clone()),
                _ => failed(&error.error),
            })?;
        Ok(Some(Recorded {
            file: file.clone(),
            calls: cassette.calls(),
            cut_off: cassette.cut_off,
        }))
    }

    pub(super) fn tape(&self) -> MutexGuard<'_, Tape> {
        locked(&self.0.tape)
    }
}

/// A file beside the one to be written. Nobody but its owner may read it.
fn partial(file: &Path) -> Result<NamedTempFile, CassetteError> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    tempfile::Builder::new()
        .prefix(".cassette-")
        .tempfile_in(folder)
        .map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &dyn fmt::Display) -> CassetteError {
    CassetteError::Unwritable {
        file: file.to_owned(),
        what: error.to_string(),
    }
}
