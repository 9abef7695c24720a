//! Detection of paging that makes no progress: pages that bring nothing new, each with another
//! cursor, would otherwise go on until the grant's limit of pages.

use super::error::StreamError;
use crate::outcome;
use purser_model::{Blame, DataStream, OutcomeClass};
use purser_store::Committed;

/// Pages with nothing but known rows, after which the application is repeating itself. An empty
/// page between them proves nothing new.
const MAX_REPEATED_PAGES: u32 = 3;

/// Pages in a row without a new row. Some applications filter after paging, so that a few pages are
/// empty; so many in a row are no accident.
pub(super) const MAX_PAGES_WITHOUT_NEWS: u32 = 20;

/// Pages of a partition in a row that brought nothing new.
#[derive(Debug, Default)]
pub(super) struct StallCounter {
    /// Pages with or without rows.
    without_news: u32,
    /// Those of them that had rows.
    repeated: u32,
}

impl StallCounter {
    /// Counts a page, and refuses one too many without news.
    pub(super) fn add(
        &mut self,
        stream: &DataStream,
        page: &Committed,
        is_progress: bool,
    ) -> Result<(), StreamError> {
        if page.fresh > 0 || is_progress {
            *self = Self::default();
            return Ok(());
        }

        self.without_news += 1;
        self.repeated += u32::from(page.repeated > 0);
        if self.repeated >= MAX_REPEATED_PAGES {
            return Err(stalled(format!(
                "stream {} returned {MAX_REPEATED_PAGES} pages in a row with only rows that it had returned before",
                stream.name
            )));
        }
        if self.without_news >= MAX_PAGES_WITHOUT_NEWS {
            return Err(without_news(stream));
        }
        Ok(())
    }
}

/// Creates the failure of a read whose pages bring nothing new.
pub(super) fn without_news(stream: &DataStream) -> StreamError {
    stalled(format!(
        "stream {} returned {MAX_PAGES_WITHOUT_NEWS} pages in a row without a new row, each with another cursor",
        stream.name
    ))
}

/// Creates the failure of a read that makes no progress.
///
/// The host cannot tell a connector that pages wrongly from an application that does. The
/// application is the likelier cause, and the connector's author can tell.
fn stalled(message: String) -> StreamError {
    StreamError::Failed(outcome::failed(
        OutcomeClass::PaginationStall,
        Blame::Upstream,
        message,
        "report the run to the connector's author: the application pages its list in another way than the connector expects, or the connector does not follow it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::StreamKind;

    fn stream() -> DataStream {
        DataStream {
            name: "users".parse().unwrap(),
            title: "Users".into(),
            kind: StreamKind::Accounts,
            reports_activity: false,
            incremental: false,
            per_account: false,
        }
    }

    const EMPTY: Committed = Committed {
        records: 0,
        repeated: 0,
        rejected: 0,
        fresh: 0,
    };
    const REPEATED: Committed = Committed {
        repeated: 5,
        rejected: 5,
        ..EMPTY
    };
    const ONE_NEW: Committed = Committed {
        records: 1,
        repeated: 4,
        rejected: 4,
        fresh: 1,
    };
    /// A page of rejected rows that cannot be told apart.
    const UNIDENTIFIED: Committed = Committed {
        rejected: 5,
        ..EMPTY
    };

    /// Returns the number of pages of the cycle after which the read is refused; `None` if 1,000
    /// pages are accepted.
    fn refused_after(cycle: &[Committed]) -> Option<usize> {
        let mut counter = StallCounter::default();
        let pages = cycle.iter().cycle().take(1_000);

        pages
            .enumerate()
            .find(|(_, page)| counter.add(&stream(), page, false).is_err())
            .map(|(index, _)| index + 1)
    }

    #[test]
    fn pages_without_news_are_bounded_in_any_mixture() {
        assert_eq!(refused_after(&[EMPTY]), Some(20));
        assert_eq!(refused_after(&[UNIDENTIFIED]), Some(20));
        assert_eq!(refused_after(&[REPEATED]), Some(3));
        assert_eq!(refused_after(&[REPEATED, EMPTY, EMPTY]), Some(7));
    }

    #[test]
    fn one_new_row_is_progress() {
        assert_eq!(refused_after(&[ONE_NEW]), None);
        assert_eq!(refused_after(&[EMPTY, EMPTY, REPEATED, ONE_NEW]), None);
    }

    #[test]
    fn page_with_which_the_host_itself_moves_on_is_progress() {
        let mut counter = StallCounter::default();

        for _ in 0..1_000 {
            assert!(counter.add(&stream(), &EMPTY, true).is_ok());
        }
    }
}
