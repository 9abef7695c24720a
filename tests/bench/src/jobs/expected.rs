//! What programs must have done for a round to be a result.

use crate::rounds::Lap;
use crate::server::PAGE;
use anyhow::{Result, ensure};

/// Pages of a list of so many users.
pub(super) fn pages(users: usize) -> usize {
    users.div_ceil(PAGE).max(1)
}

/// Fails unless each program was given so many answers, each once.
pub(super) fn each_once(laps: &[Lap], answers: usize) -> Result<()> {
    for Lap { told, .. } in laps {
        let once = u64::try_from(answers) == Ok(told.answered) && told.repeated == 0;
        ensure!(
            once,
            "{answers} requests, each once, would be right: {told:?}"
        );
    }
    Ok(())
}

/// Fails unless all have stored the same rows, and all of them.
pub(super) fn same_users(laps: &[Lap], users: usize) -> Result<()> {
    let complete = laps
        .iter()
        .all(|lap| i64::try_from(users) == Ok(lap.contents.rows));
    let same = laps
        .windows(2)
        .all(|pair| matches!(pair, [one, other] if one.contents == other.contents));
    ensure!(
        complete && same,
        "the databases do not hold the same {users} users: {laps:?}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Contents;
    use crate::measure::Taken;
    use crate::server::Told;

    fn lap(email_bytes: i64, answered: u64, repeated: usize) -> Lap {
        Lap {
            taken: Taken {
                wall: 1.0,
                cpu: 1.0,
                peak: 1.0,
            },
            told: Told {
                answered,
                repeated,
                at_once: 1,
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
    fn databases_that_differ_are_no_result() {
        assert!(same_users(&[lap(30, 1, 0), lap(30, 1, 0)], 2).is_ok());
        assert!(
            same_users(&[lap(30, 1, 0), lap(30, 1, 0)], 3).is_err(),
            "both lack a row"
        );
        assert!(same_users(&[lap(30, 1, 0), lap(29, 1, 0)], 2).is_err());
    }

    #[test]
    fn pages_that_are_missing_or_come_twice_are_no_result() {
        assert!(each_once(&[lap(30, 5, 0)], 5).is_ok());
        assert!(each_once(&[lap(30, 4, 0)], 5).is_err());
        assert!(each_once(&[lap(30, 5, 1)], 5).is_err());
    }
}
