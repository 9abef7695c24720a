//! Setup of the demonstration: the application, the company, the built-in connector, and the home
//! directory.

use crate::cli::Failure;
use purser_sample_app::{Company, Population, RunningSample, SampleOptions};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// Folder of the sample application's connector, which names it in the bundle.
const BUNDLED_AS: &str = "sample";

/// Name of the connector.
pub(super) const CONNECTOR: &str = "quayboard";

/// Seed of the company. It is fixed, so that two users see the same figures.
const SEED: u64 = 7;

/// Returns the bytes of the built-in connector.
pub(super) fn connector() -> Result<&'static [u8], Failure> {
    let bundled = BUNDLED
        .iter()
        .find(|(name, _)| *name == BUNDLED_AS)
        .map(|(_, bytes)| *bytes);

    bundled.ok_or_else(|| {
        let next = "build Purser with `cargo xtask demo`, which builds the connectors first";

        Failure::machine(
            "this build of Purser has no connector for the demonstration",
            next,
        )
    })
}

/// Creates the company, and starts the application on the loopback address.
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
                "check that programs may listen on 127.0.0.1 of this machine",
            )
        })?;

    Ok((company, application))
}

/// DemoHome directory of the demonstration.
pub(super) enum DemoHome {
    /// Deleted at the end.
    Temporary(TempDir),
    /// Kept for the user.
    Kept(PathBuf),
}

impl DemoHome {
    /// Chooses a new directory.
    ///
    /// A directory in use is refused, because it could hold the user's real connections.
    pub(super) fn new(keep: Option<PathBuf>) -> Result<Self, Failure> {
        match keep {
            None => Ok(Self::Temporary(
                tempfile::Builder::new().prefix("purser-demo-").tempdir()?,
            )),
            Some(dir) if is_new_or_empty(&dir) => Ok(Self::Kept(dir)),
            Some(dir) => Err(Failure::input(
                format!("{} already exists", dir.display()),
                "name a new directory",
            )),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temporary(dir) => dir.path(),
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
    fn directory_in_use_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(DemoHome::new(Some(folder.path().join("new"))).is_ok());
        assert!(DemoHome::new(Some(folder.path().to_owned())).is_ok());
        std::fs::write(folder.path().join("purser.db"), "x").unwrap();

        assert_eq!(
            DemoHome::new(Some(folder.path().to_owned()))
                .err()
                .map(|failure| failure.exit_code()),
            Some(3)
        );
    }

    #[test]
    fn temporary_home_is_deleted() {
        let home = DemoHome::new(None).unwrap();
        let path = home.path().to_owned();

        assert!(path.exists());
        drop(home);
        assert!(!path.exists());
    }
}
