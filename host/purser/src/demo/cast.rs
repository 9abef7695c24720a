//! Who and what takes part: the application, the company, the connector that is built in, and the home that Purser works in.

use crate::cli::Failure;
use purser_sample_app::{Company, Population, RunningSample, SampleOptions};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The folder of the connector that knows the sample application, by which it is bundled.
const BUNDLED_AS: &str = "sample";

/// The name that it goes by.
pub(super) const CONNECTOR: &str = "quayboard";

/// The same seed makes the same company, so that two people who compare notes see the same figures.
const SEED: u64 = 7;

/// The connector's bytes.
pub(super) fn connector() -> Result<&'static [u8], Failure> {
    let bundled = BUNDLED
        .iter()
        .find(|(name, _)| *name == BUNDLED_AS)
        .map(|(_, bytes)| *bytes);
    bundled.ok_or_else(|| {
        let next = "build it with `cargo xtask demo`, which builds the connectors first";
        Failure::machine(
            "this purser was built without the connector of the demonstration",
            next,
        )
    })
}

/// The company, and the application it pays for, listening on loopback.
pub(super) fn company_and_application(users: u32) -> Result<(Company, RunningSample), Failure> {
    let members = usize::try_from(users).unwrap_or(usize::MAX);
    let company = Company::new(Population {
        seed: SEED,
        members,
        now: jiff::Timestamp::now(),
    });
    let application =
        purser_sample_app::start(&company, SampleOptions::realistic()).map_err(|error| {
            Failure::machine(
                format!("the sample application could not start: {error}"),
                "see whether this machine lets programs listen on 127.0.0.1",
            )
        })?;
    Ok((company, application))
}

/// Where Purser keeps what it learns.
pub(super) enum Home {
    /// Gone at the end.
    Passing(TempDir),
    /// The user's to look around in.
    Kept(PathBuf),
}

impl Home {
    /// A directory of the demonstration's own: what is in one already could be somebody's real connections.
    pub(super) fn new(keep: Option<PathBuf>) -> Result<Self, Failure> {
        match keep {
            None => Ok(Self::Passing(
                tempfile::Builder::new().prefix("purser-demo-").tempdir()?,
            )),
            Some(dir) if is_new_or_empty(&dir) => Ok(Self::Kept(dir)),
            Some(dir) => Err(Failure::input(
                format!("{} is there already", dir.display()),
                "name a new directory",
            )),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Passing(dir) => dir.path(),
            Self::Kept(dir) => dir,
        }
    }
}

fn is_new_or_empty(dir: &Path) -> bool {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_in_use_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Home::new(Some(folder.path().join("new"))).is_ok());
        assert!(Home::new(Some(folder.path().to_owned())).is_ok());
        std::fs::write(folder.path().join("purser.db"), "x").unwrap();
        assert_eq!(
            Home::new(Some(folder.path().to_owned()))
                .err()
                .map(|failure| failure.exit_code()),
            Some(3)
        );
    }

    #[test]
    fn a_passing_home_goes_away() {
        let home = Home::new(None).unwrap();
        let path = home.path().to_owned();
        assert!(path.exists());
        drop(home);
        assert!(!path.exists());
    }
}
