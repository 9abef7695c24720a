//! Completion of a stream whose last page was committed: the evidence that the read found every
//! row, and the conclusions that a complete read allows.
//!
//! A read that ended is complete if nothing speaks against it: it found as many rows as the
//! application says there are, its pages do not repeat each other, nearly all of its rows could be
//! used, and it does not lack suspiciously many of the rows that were known. Nothing is removed by
//! a read that is not complete.

use crate::checkpoints::clear_seen;
use crate::convert::{Count, Millis, Word};
use crate::open_stream::{OpenStream, Progress, open_stream, out_of_order};
use crate::records::{self, GenerationCounts};
use crate::removal::{self, Removal};
use crate::{Store, StoreError};
use purser_model::{RunId, StreamKind, StreamName, Timestamp};
use rusqlite::{Row, Transaction, params};

/// Per cent of the rows of a read that may be unusable. Above it, so much is unknown that no figure
/// can rest on the read.
const MAX_LOST_PERCENT: u64 = 20;

/// Unusable rows from which their share counts. Below it, one odd row of a short list would be a
/// third of it.
const MIN_LOST_ROWS: u64 = 3;

/// The treatment of a read whose rows changed place, so that it may have missed some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftPolicy {
    /// Leaves the stream incomplete, to be read again.
    ReadAgain,
    /// Judges the last of several passes. Rows that any generation from this one on has seen count
    /// as found.
    Since(i64),
}

/// A limit on the removals of a complete read that no person confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkGuard {
    /// Per cent of the rows that were known. With 100, a read may lack all rows, unless it found
    /// none.
    pub max_percent: u8,
}

/// The terms on which a stream is completed.
#[derive(Debug, Clone, Copy)]
pub struct CompletionTerms<'a> {
    /// Limit on removals.
    pub guard: ShrinkGuard,
    /// Treatment of rows that changed place.
    pub shift_policy: ShiftPolicy,
    /// Every stream of accounts of the connector. Accounts are removed only if the run read all of
    /// them completely.
    pub account_streams: &'a [StreamName],
    /// Instant of the completion.
    pub at: Timestamp,
}

/// The result of completing a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// The stream is complete.
    Complete(Removal),
    /// Rows changed place during the read. Nothing was removed; [`Store::restart_stream`] begins
    /// the next read.
    Shifted,
    /// The read found fewer rows than the application says there are. Nothing was removed, and the
    /// next run reads the stream from the beginning; so too for the following.
    Short {
        /// Rows found, rejected ones included.
        found: u64,
        /// Rows that the application says there are.
        total: u64,
    },
    /// Pages repeated rows of earlier pages in every read, and no total shows that none is lacking.
    Repeating {
        /// Rows that came twice in the last read.
        repeated: u64,
    },
    /// Too many rows could not be used.
    TooManyRejected {
        /// Rows that could not be used.
        rejected: u64,
        /// All rows.
        rows: u64,
    },
    /// The guard refused the removals.
    ShrinkRefused {
        /// Rows of `had` that the read did not find.
        would_remove: u64,
        /// Rows that were known.
        had: u64,
    },
}

impl Completion {
    /// A complete read that removed rows and found none missing.
    #[must_use]
    pub const fn removed(removed: u64) -> Self {
        Self::Complete(Removal {
            removed,
            missing: 0,
            hold: None,
            stability_unchecked: false,
        })
    }
}

impl Store {
    /// Completes a stream whose last page was committed. Removes the rows that it no longer has, or
    /// marks accounts as missing until the read of a later run confirms it. Activity is never
    /// removed.
    ///
    /// # Errors
    /// [`StoreError::RunEnded`], or [`StoreError::OutOfOrder`] if pages are left.
    pub fn complete_stream(
        &self,
        run: RunId,
        stream: &StreamName,
        terms: &CompletionTerms<'_>,
    ) -> Result<Completion, StoreError> {
        self.write(|tx| {
            let open = open_stream(tx, run, stream)?;
            if open.progress != Progress::Read {
                let why = "it cannot be completed before its last page is committed";
                return Err(out_of_order(run, stream, why));
            }

            let signals = Signals::of(tx, &open)?;
            let since = match terms.shift_policy {
                ShiftPolicy::ReadAgain => open.generation,
                ShiftPolicy::Since(first) => first,
            };
            let counts = records::generation_counts(tx, &open, since)?;
            if let Some(objection) = signals.objection(&open, &counts, terms) {
                end_without_completion(tx, &open, objection, &counts)?;
                return Ok(objection);
            }

            if since < open.generation {
                records::count_as_seen(tx, &open, since)?;
            }
            clear_seen(tx, &open)?;
            mark_complete(tx, run, &open, stream, terms.at)?;

            let removal = match open.kind {
                StreamKind::Accounts => {
                    removal::conclude(tx, run, &open, terms.account_streams, terms.at)?
                }
                StreamKind::Products => removal::of_products(tx, &open, signals.unidentified)?,
                StreamKind::Activity => Removal::default(),
            };
            count_removal(tx, run, stream, removal)?;
            Ok(Completion::Complete(removal))
        })
    }
}

/// Facts about the pages of a generation that its completeness depends on.
struct Signals {
    offset_paged: bool,
    /// Rows that an earlier page of the generation had.
    repeated: u64,
    /// Rows that were rejected for another reason.
    unusable: u64,
    /// Rejected rows without an identifier.
    unidentified: u64,
    /// Rows with the identifier of another row of their page; among the unusable.
    duplicates: u64,
    /// Rows of any kind, without repetitions.
    reported: u64,
    /// Smallest and largest total; absent if no page had one.
    totals: Option<(u64, u64)>,
    /// Rows that the pass before found; absent in the first pass.
    previous_found: Option<u64>,
}

impl Signals {
    fn of(tx: &Transaction<'_>, stream: &OpenStream) -> Result<Self, StoreError> {
        let sql = "SELECT * FROM stream WHERE id = ?1";
        Ok(tx.query_row(sql, [stream.id], Self::from_row)?)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let count = |column: &str| row.get::<_, Count>(column).map(|count| count.0);
        let optional = |column: &str| {
            let count = row.get::<_, Option<Count>>(column)?;
            Ok::<_, rusqlite::Error>(count.map(|count| count.0))
        };

        Ok(Self {
            offset_paged: row.get("offset_paged")?,
            repeated: count("repeated")?,
            unusable: count("unusable")?,
            unidentified: count("unidentified")?,
            duplicates: count("duplicates")?,
            reported: count("reported")?,
            totals: optional("least_total")?.zip(optional("most_total")?),
            previous_found: optional("previous_found")?,
        })
    }

    /// Returns what speaks against completing the stream, if anything does.
    fn objection(
        &self,
        stream: &OpenStream,
        counts: &GenerationCounts,
        terms: &CompletionTerms<'_>,
    ) -> Option<Completion> {
        if self.has_shifted(stream, counts) {
            let is_last = terms.shift_policy != ShiftPolicy::ReadAgain;
            if !is_last && !self.agrees_with_previous(stream, counts) {
                return Some(Completion::Shifted);
            }
            if let Some(objection) = self.unsettled(stream, counts) {
                return Some(objection);
            }
        }

        let lost = self.unusable.saturating_sub(self.duplicates);
        if is_too_many(lost, self.reported) {
            return Some(Completion::TooManyRejected {
                rejected: lost,
                rows: self.reported,
            });
        }
        terms.guard.objection(counts)
    }

    /// Returns true if there are signs that the read missed rows.
    ///
    /// A list that is paged by offset misses rows when they change place. The signs: a row came
    /// twice, the total changed between pages, or another number of rows was found than the total
    /// says. Any list misses rows if fewer were found.
    fn has_shifted(&self, stream: &OpenStream, counts: &GenerationCounts) -> bool {
        let moved = self.repeated > 0 || self.totals.is_some_and(|(least, most)| least != most);
        // why: rows of activity are merged by account and product, so they cannot be counted
        let countable = stream.kind != StreamKind::Activity;
        let found = self.rows_of(counts.found);
        let differs = countable
            && self
                .totals
                .is_some_and(|(_, most)| found < most || self.offset_paged && found > most);

        self.offset_paged && moved || differs
    }

    /// Returns true if this pass found exactly the rows that the pass before found, so that another
    /// one would tell no more.
    fn agrees_with_previous(&self, stream: &OpenStream, counts: &GenerationCounts) -> bool {
        stream.kind != StreamKind::Activity
            && self.previous_found == Some(counts.found)
            && counts.only_in_previous == 0
    }

    /// Returns the reason why the last pass over a list with signs of missed rows is not complete.
    fn unsettled(&self, stream: &OpenStream, counts: &GenerationCounts) -> Option<Completion> {
        if stream.kind == StreamKind::Activity {
            return None;
        }

        if let Some((_, total)) = self.totals {
            let found = self.rows_of(counts.found_in_passes);
            if found < total {
                return Some(Completion::Short { found, total });
            }
        }
        // why: a total below the rows of one pass is not that of the list, so it shows nothing
        let is_total_credible = self.totals.is_some_and(|(_, most)| counts.found <= most);
        let repeating = self.offset_paged && self.repeated > 0 && !is_total_credible;
        repeating.then_some(Completion::Repeating {
            repeated: self.repeated,
        })
    }

    /// Adds the rows that no stored record stands for.
    const fn rows_of(&self, found: u64) -> u64 {
        found
            .saturating_add(self.unidentified)
            .saturating_add(self.duplicates)
    }
}

/// Returns true if so many rows were unusable that the read says too little.
const fn is_too_many(lost: u64, rows: u64) -> bool {
    let above = lost.saturating_mul(100) > rows.saturating_mul(MAX_LOST_PERCENT);
    let most = lost.saturating_mul(2) > rows;

    above && (lost >= MIN_LOST_ROWS || most)
}

impl ShrinkGuard {
    fn objection(self, counts: &GenerationCounts) -> Option<Completion> {
        let emptied = counts.had > 0 && counts.found == 0;
        let missing = counts.missing.saturating_mul(100);
        let allowed = counts.had.saturating_mul(u64::from(self.max_percent));

        (emptied || missing > allowed).then_some(Completion::ShrinkRefused {
            would_remove: counts.missing,
            had: counts.had,
        })
    }
}

/// Ends a generation that is not complete: the next pass, or the next run, reads a new one.
fn end_without_completion(
    tx: &Transaction<'_>,
    open: &OpenStream,
    objection: Completion,
    counts: &GenerationCounts,
) -> Result<(), StoreError> {
    if objection == Completion::Shifted {
        let sql = "UPDATE stream SET previous_found = ?2 WHERE id = ?1";
        tx.execute(sql, params![open.id, Count(counts.found)])?;
        return Ok(());
    }

    clear_seen(tx, open)?;
    let sql = "UPDATE stream SET state = ?2 WHERE id = ?1";
    tx.execute(sql, params![open.id, Word(Progress::Refused)])?;
    Ok(())
}

fn mark_complete(
    tx: &Transaction<'_>,
    run: RunId,
    open: &OpenStream,
    stream: &StreamName,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE stream SET state = ?2, completed_generation = generation, completed_at = ?3
               WHERE id = ?1";
    tx.execute(sql, params![open.id, Word(Progress::Complete), Millis(at)])?;

    let sql = "UPDATE stream_run SET complete = 1 WHERE run_id = ?1 AND stream = ?2";
    tx.execute(sql, params![run.0, stream.as_str()])?;
    Ok(())
}

fn count_removal(
    tx: &Transaction<'_>,
    run: RunId,
    stream: &StreamName,
    removal: Removal,
) -> Result<(), StoreError> {
    let sql = "UPDATE stream_run SET removed = removed + ?3, missing = missing + ?4
               WHERE run_id = ?1 AND stream = ?2";
    let Removal {
        removed, missing, ..
    } = removal;
    tx.execute(
        sql,
        params![run.0, stream.as_str(), Count(removed), Count(missing)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_unusable_rows_counts_from_three_rows_or_from_the_majority() {
        for (lost, rows, expected) in [
            (0, 0, false),
            (1, 1, true),
            (1, 2, false),
            (1, 3, false),
            (2, 3, true),
            (2, 4, false),
            (3, 14, true),
            (3, 15, false),
            (200, 1_000, false),
            (201, 1_000, true),
        ] {
            assert_eq!(is_too_many(lost, rows), expected, "{lost} of {rows}");
        }
    }
}
