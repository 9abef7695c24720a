//! Request for a run: the profile and how it is read.

use crate::cassette::CassetteWriter;
use jiff::{SignedDuration, Timestamp};
use purser_model::{ConnectionName, ProfileName, StreamName};

/// Request for a run of a profile.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Profile to run.
    pub profile: ProfileName,
    /// Only stream to read; absent for all of them.
    pub stream: Option<StreamName>,
    /// Only connection to read, even if it needs attention; absent for every usable one.
    pub connection: Option<ConnectionName>,
    /// If set, a complete read that lacks many records is believed and removes them.
    pub accept_shrink: bool,
    /// Days of activity to read, from streams that can filter by time.
    pub look_back_days: u32,
    /// If set, the run waits as long as the application asks. Otherwise a long wait parks it.
    pub wait_for_rate_limit: bool,
    /// Writer of the cassette to record to; absent for none.
    pub record: Option<CassetteWriter>,
}

impl RunRequest {
    /// Default look-back in days: as long as a seat may be idle by the usual rules.
    pub const LOOK_BACK_DAYS: u32 = 60;

    /// Requests everything that a profile reads, from every usable connection.
    #[must_use]
    pub const fn new(profile: ProfileName) -> Self {
        Self {
            profile,
            stream: None,
            connection: None,
            accept_shrink: false,
            look_back_days: Self::LOOK_BACK_DAYS,
            wait_for_rate_limit: false,
            record: None,
        }
    }

    /// Returns the instant from which activity is read.
    pub(super) fn since(&self) -> Timestamp {
        let look_back = SignedDuration::from_hours(i64::from(self.look_back_days) * 24);

        Timestamp::now()
            .saturating_sub(look_back)
            .unwrap_or(Timestamp::MIN)
    }
}
