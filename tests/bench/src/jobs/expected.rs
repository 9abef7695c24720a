//! Checks that each program did the whole job, so that its round counts.

use crate::rounds::ProgramRun;
use crate::server::PAGE;
use anyhow::{Result, ensure};
use std::ops::RangeInclusive;

/// Returns the number of pages of a list of this many users.
pub(super) fn pages(users: usize) -> usize {
    users.div_ceil(PAGE).max(1)
}

/// Fails unless each program received this many responses, every one of them once.
pub(super) fn each_once(runs: &[ProgramRun], answers: usize) -> Result<()> {
    each_once_within(runs, answers..=answers)
}

/// Fails unless each program received every page of an offset-paged list once. A program may also
/// request the page after the last, which shows that the list has ended.
pub(super) fn each_offset_page_once(runs: &[ProgramRun], pages: usize) -> Result<()> {
    each_once_within(runs, pages..=pages + 1)
}

fn each_once_within(runs: &[ProgramRun], answers: RangeInclusive<usize>) -> Result<()> {
    for ProgramRun { stats, .. } in runs {
        let answered = usize::try_from(stats.answered);
        let once = answered.is_ok_and(|answered| answers.contains(&answered));
        ensure!(
            once && stats.repeated == 0,
            "{answers:?} distinct requests were expected: {stats:?}"
        );
    }
    Ok(())
}

/// Fails unless all programs stored the same rows, and all of them.
pub(super) fn same_users(runs: &[ProgramRun], users: usize) -> Result<()> {
    let complete = runs
        .iter()
        .all(|run| i64::try_from(users) == Ok(run.contents.rows));

    let same = runs
        .windows(2)
        .all(|pair| matches!(pair, [one, other] if one.contents == other.contents));
    ensure!(
        complete && same,
        "the databases do not hold the same {users} users: {runs:?}"
    );

    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Contents;
    use crate::measure::ResourceUsage;
    use crate::server::ServerStats;

    fn run(email_bytes: i64, answered: u64, repeated: usize) -> ProgramRun {
        ProgramRun {
            usage: ResourceUsage {
                wall: 1.0,
                cpu: 1.0,
                peak: 1.0,
            },
            stats: ServerStats {
                answered,
                repeated,
                max_concurrent: 1,
                cpu: 0.0,
            },
            contents: Contents {
                rows: 2,
                id_bytes: 8,
                email_bytes,
            },
        }
    }

    #[test]
    fn different_or_incomplete_databases_fail_the_check() {
        assert!(same_users(&[run(30, 1, 0), run(30, 1, 0)], 2).is_ok());
        assert!(
            same_users(&[run(30, 1, 0), run(30, 1, 0)], 3).is_err(),
            "both databases lack a row"
        );
        assert!(same_users(&[run(30, 1, 0), run(29, 1, 0)], 2).is_err());
    }

    #[test]
    fn missing_or_repeated_pages_fail_the_check() {
        assert!(each_once(&[run(30, 5, 0)], 5).is_ok());
        assert!(each_once(&[run(30, 4, 0)], 5).is_err());
        assert!(each_once(&[run(30, 5, 1)], 5).is_err());
    }
}
