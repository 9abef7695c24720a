//! Windows of an offset-paged list, and the evidence that such a list has ended.
//!
//! A total that is reached is not such evidence: applications report the rows of a page as the
//! total, or ignore the offset. So the page after the last one is requested too, and decides:
//!
//! | the page after the total has | conclusion |
//! |---|---|
//! | no rows | the list has ended |
//! | other rows | the total was not that of the list; reading goes on until a page has no rows |
//! | the rows of the first page, or of the last one | the application ignores the offset, or stops at its last page; the list has ended, as the total says |
//!
//! Without a total, only a page without rows ends a list. An application that says whether more
//! rows follow saves that request: see [`OffsetWindow::has_more`].

use crate::{Cursor, Failure, ReadRequest, Response};
use std::fmt;

/// Maximum number of partitions of a list: several for each request that a host has in flight, so
/// that none waits for the last.
const MAX_PARTITIONS: u64 = 64;

/// Number of rows by which the first page of a list is recognised. More than one, as some
/// applications begin every page with the same row.
const RECOGNISED_ROWS: usize = 3;

/// Phrases by which applications refuse a page after the last one.
const PAST_THE_END: [&str; 9] = [
    "out of range",
    "out of bounds",
    "past the end",
    "beyond the",
    "invalid page",
    "no more",
    "exceeds the",
    "greater than the",
    "larger than the",
];

/// A window of an offset-paged list: the offset and limit of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetWindow {
    /// The offset of the first row.
    pub start: u64,
    /// The number of rows to request.
    pub limit: u32,
    /// The offset of the first row of the list: 0 or 1.
    first: u64,
    /// The offset after the last row of this partition. Absent: the end of the list.
    end: Option<u64>,
    /// The first page of the list. Absent in its own window.
    first_page: Option<PageDigest>,
    /// The reason for this window.
    phase: Phase,
    /// True if the application says that more rows follow, false if it says that none do.
    more: Option<bool>,
    /// The offset that the response names.
    served_from: Option<u64>,
}

/// The reason for requesting a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The list has more rows.
    Listed,
    /// The total is reached, and the application may have more rows all the same. The digest is
    /// that of the page before.
    Confirming(u64),
    /// The application reports no total, or a wrong one. The digest is that of the page before.
    Unbounded(u64),
}

/// Digest of the rows of a page, by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageDigest {
    /// The first rows, in order.
    beginning: u64,
    /// All rows, in any order.
    all: u64,
}

/// The continuation of a list after one of its pages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) next: Option<Cursor>,
    pub(crate) partitions: Vec<Cursor>,
    /// The total of the list, as far as it can be trusted.
    pub(crate) total: Option<u64>,
    /// True if the rows of this page are rows of an earlier one.
    pub(crate) is_repeated: bool,
}

impl OffsetWindow {
    /// Returns the window of a request, with offsets counted from 0.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] if the cursor does not come from this type.
    pub fn zero_based(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(0, request)
    }

    /// Returns the window of a request, with offsets counted from 1.
    ///
    /// # Errors
    /// [`Failure::CheckpointInvalid`] if the cursor does not come from this type.
    pub fn one_based(request: &ReadRequest) -> Result<Self, Failure> {
        Self::counted_from(1, request)
    }

    /// Lowers the limit to the largest one that the application accepts.
    #[must_use]
    pub fn max_limit(mut self, rows: u32) -> Self {
        self.limit = self.limit.min(rows);
        self
    }

    /// States whether rows follow those of this response, as the application says it: by
    /// `has_more`, or by a `next` that is null on the last page. Absent: it does not say.
    ///
    /// `Some(false)` ends the list without a further request. `Some(true)` continues it although
    /// the total is reached.
    #[must_use]
    pub const fn has_more(mut self, more: Option<bool>) -> Self {
        self.more = more;
        self
    }

    /// States the offset of the first row of this response, as the application names it
    /// (`startIndex`). Absent: it does not.
    #[must_use]
    pub const fn served_from(mut self, offset: Option<u64>) -> Self {
        self.served_from = offset;
        self
    }

    /// Returns the response if its status is a success, and `None` if it refuses this window
    /// because the list ended before it. Treat that as a page without rows.
    ///
    /// # Errors
    /// Otherwise the failure of the status, as for [`Response::ok`]. A refusal of the window after
    /// the last row that does not say why leaves open whether the list has ended.
    pub fn ok(&self, response: Response) -> Result<Option<Response>, Failure> {
        if self.phase == Phase::Listed || !matches!(response.status(), 400 | 404 | 410 | 416 | 422)
        {
            return response.ok().map(Some);
        }
        if self.is_past_the_end(&response) {
            return Ok(None);
        }
        Err(Failure::ContractViolation(format!(
            "{}; it is the page after the last row, and whether the list has ended is not known",
            response.sentence()
        )))
    }

    /// True if a refusal of the window after the last row says that the list has ended.
    fn is_past_the_end(&self, response: &Response) -> bool {
        let message = response.message().unwrap_or_default().to_lowercase();
        let says_so = PAST_THE_END.iter().any(|phrase| message.contains(phrase));
        // why: the total says the same, and the path of the list was found before
        let is_gone = matches!(self.phase, Phase::Confirming(_)) && response.is_gone();

        response.status() == 416 || says_so || is_gone
    }

    /// Returns the cursor of the next page, after a response of `rows` rows, including rejected
    /// ones ([`Rows::len`](crate::Rows::len)).
    ///
    /// Prefer [`Page::offset_window`](crate::Page::offset_window), which recognises rows that come
    /// again.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] if there are no rows although the total is not reached.
    /// Treating that as the end would remove all accounts that were not seen.
    pub fn next_cursor(&self, rows: usize, total: Option<u64>) -> Result<Option<Cursor>, Failure> {
        self.step_in_order(rows, total, None).map(|step| step.next)
    }

    /// Returns the cursors of further partitions, if this is the first page of a list that has
    /// more.
    ///
    /// Each partition has the same number of whole pages, of as many rows as this page has.
    #[must_use]
    pub fn partitions(&self, rows: usize, total: Option<u64>) -> Vec<Cursor> {
        self.partitions_after(rows, total, None)
    }

    /// Returns the continuation after a page of `rows` rows with this digest.
    ///
    /// # Errors
    /// [`Failure::ContractViolation`] if the application contradicts itself: no rows before its
    /// total, no more rows before its total, or rows of the beginning at another offset.
    pub(crate) fn step(
        &self,
        rows: usize,
        total: Option<u64>,
        digest: Option<PageDigest>,
    ) -> Result<Step, Failure> {
        if rows > 0
            && let Some(step) = self.repeated(digest)?
        {
            return Ok(step);
        }

        let partitions = self.partitions_after(rows, total, digest);
        if !partitions.is_empty() && self.more != Some(false) {
            return Ok(Step {
                partitions,
                total,
                ..Step::default()
            });
        }
        self.step_in_order(rows, total, digest)
    }

    /// Returns the end of the list, if the rows of the page are those of an earlier one and the
    /// total says that nothing is left.
    fn repeated(&self, digest: Option<PageDigest>) -> Result<Option<Step>, Failure> {
        let is_first = self.start == self.first;
        let first_page = self.first_page.zip(digest);
        let is_first_page = first_page.is_some_and(|(first, this)| first.is_same_page(&this));

        let last = match self.phase {
            Phase::Listed => None,
            Phase::Confirming(last) | Phase::Unbounded(last) => Some(last),
        };
        let is_last_page = last.is_some() && last == digest.map(|digest| digest.all);

        if matches!(self.phase, Phase::Confirming(_)) && (is_first_page || is_last_page) {
            return Ok(Some(Step {
                total: Some(self.start - self.first),
                is_repeated: true,
                ..Step::default()
            }));
        }

        let start = self.start;
        let violation = |what: String| Err(Failure::ContractViolation(what));
        if is_first_page {
            return violation(format!(
                "the application ignores the {}: from {start} on it returns the rows of the beginning again, and it has more",
                self.parameter()
            ));
        }
        if is_last_page {
            return violation(format!(
                "the application returns the same rows again from {} {start} on",
                self.parameter()
            ));
        }
        match self.served_from {
            // why: some applications count from 0 and still begin at the first row
            Some(index) if index != start && !(is_first && index <= start) => violation(format!(
                "{}: requested rows from {start}, got them from {index}",
                self.parameter()
            )),
            _ => Ok(None),
        }
    }

    fn step_in_order(
        &self,
        rows: usize,
        total: Option<u64>,
        digest: Option<PageDigest>,
    ) -> Result<Step, Failure> {
        let end = self.start.saturating_add(rows as u64);
        let read = end.saturating_sub(self.first);
        let is_short = total.is_some_and(|total| read < total);

        if let Some(last) = self.end {
            let total = trusted(total, rows);
            if end >= last || (rows == 0 && !is_short) {
                return Ok(Step {
                    total,
                    ..Step::default()
                });
            }
            if rows == 0 {
                return Err(self.empty_before(total));
            }
            let next = self.cursor(end, Phase::Listed, digest);
            return Ok(Step {
                next: Some(next),
                total,
                ..Step::default()
            });
        }

        if rows == 0 {
            return match self.phase {
                Phase::Confirming(_) | Phase::Unbounded(_) => Ok(Step {
                    total: Some(read),
                    ..Step::default()
                }),
                Phase::Listed if is_short || self.more == Some(true) => {
                    Err(self.empty_before(total))
                }
                Phase::Listed => Ok(Step {
                    total,
                    ..Step::default()
                }),
            };
        }

        let last = digest.map_or(0, |digest| digest.all);
        let (phase, known) = match (self.more, self.phase) {
            (Some(false), _) if is_short => return Err(self.ended_before(read, total)),
            (Some(false), _) => {
                return Ok(Step {
                    total: Some(read),
                    ..Step::default()
                });
            }
            (Some(true), _) => (Phase::Listed, trusted(total, rows).filter(|_| is_short)),
            (None, Phase::Listed) if is_short => (Phase::Listed, trusted(total, rows)),
            (None, Phase::Listed) if total == Some(read) => {
                (Phase::Confirming(last), trusted(total, rows))
            }
            // why: no total, or one that the rows have contradicted
            (None, _) => (Phase::Unbounded(last), None),
        };

        Ok(Step {
            next: Some(self.cursor(end, phase, digest)),
            total: known,
            ..Step::default()
        })
    }

    fn partitions_after(
        &self,
        rows: usize,
        total: Option<u64>,
        digest: Option<PageDigest>,
    ) -> Vec<Cursor> {
        let rows = rows as u64;
        let total = total.unwrap_or(0);
        let is_first = self.start == self.first && self.end.is_none();
        if !is_first || rows == 0 || total <= rows {
            return Vec::new();
        }

        let pages = (total - rows).div_ceil(rows);
        let partition_rows = pages.div_ceil(MAX_PARTITIONS) * rows;
        let end = self.first + total;
        (self.first + rows..end)
            .step_by(usize::try_from(partition_rows).unwrap_or(usize::MAX))
            .map(|start| {
                // The last partition has no end, so that it includes rows added in the meantime.
                let last = Some(start + partition_rows).filter(|last| *last < end);
                Self { end: last, ..*self }.cursor(start, Phase::Listed, digest)
            })
            .collect()
    }

    fn counted_from(first: u64, request: &ReadRequest) -> Result<Self, Failure> {
        let window = Self {
            start: first,
            limit: u32::MAX,
            first,
            end: None,
            first_page: None,
            phase: Phase::Listed,
            more: None,
            served_from: None,
        };
        let window = match request.cursor.as_deref() {
            None => window,
            Some(cursor) => window
                .at_cursor(cursor)
                .filter(|window| {
                    window.start >= first && window.end.is_none_or(|end| window.start < end)
                })
                .ok_or_else(|| {
                    Failure::CheckpointInvalid(format!("{cursor:?} is not a position in a list"))
                })?,
        };

        // No row of another partition.
        let remaining = window.end.map_or(u64::MAX, |end| end - window.start);
        let limit = request
            .page_size
            .max(1)
            .min(u32::try_from(remaining).unwrap_or(u32::MAX));
        Ok(Self { limit, ..window })
    }

    /// Formats a cursor: `START` or, in a partition that ends before the list does, `START-END`.
    /// Then `@` with the digests of the first page, and `!` or `~` with that of the page before.
    fn cursor(&self, start: u64, phase: Phase, digest: Option<PageDigest>) -> Cursor {
        let is_first = self.start == self.first;
        let first_page = if is_first { digest } else { self.first_page };

        let end = self.end.map(|end| format!("-{end}")).unwrap_or_default();
        let first_page = first_page.map(|page| page.to_string()).unwrap_or_default();
        format!("{start}{end}{first_page}{phase}")
    }

    fn at_cursor(self, cursor: &str) -> Option<Self> {
        let digest = |text: &str| u64::from_str_radix(text, 16).ok();

        let (cursor, phase) = if let Some((cursor, last)) = cursor.split_once('!') {
            (cursor, Phase::Confirming(digest(last)?))
        } else if let Some((cursor, last)) = cursor.split_once('~') {
            (cursor, Phase::Unbounded(digest(last)?))
        } else {
            (cursor, Phase::Listed)
        };

        let (cursor, first_page) = match cursor.split_once('@') {
            None => (cursor, None),
            Some((cursor, page)) => {
                let (beginning, all) = page.split_once('.')?;
                let beginning = digest(beginning)?;
                let all = digest(all)?;
                (cursor, Some(PageDigest { beginning, all }))
            }
        };

        let (start, end) = match cursor.split_once('-') {
            None => (cursor, None),
            Some((start, end)) => (start, Some(end.parse().ok()?)),
        };
        Some(Self {
            start: start.parse().ok()?,
            end,
            first_page,
            phase,
            ..self
        })
    }

    /// Returns the usual name of the offset, for messages.
    const fn parameter(&self) -> &'static str {
        if self.first == 1 {
            "startIndex"
        } else {
            "offset"
        }
    }

    fn empty_before(&self, total: Option<u64>) -> Failure {
        let start = self.start;
        let says = match total {
            Some(total) if self.more.is_none() => format!("reports {total} rows"),
            _ => "says that rows follow".to_owned(),
        };
        Failure::ContractViolation(format!(
            "the application {says}, and returns none from {start} on"
        ))
    }

    fn ended_before(&self, read: u64, total: Option<u64>) -> Failure {
        let total = total.unwrap_or_default();
        Failure::ContractViolation(format!(
            "the application reports {total} rows, and says that none follow the first {read}"
        ))
    }
}

/// Returns a total that exceeds the rows of its page. One that does not may be that of the page.
fn trusted(total: Option<u64>, rows: usize) -> Option<u64> {
    total.filter(|total| *total > rows as u64)
}

impl PageDigest {
    /// Digests the ids of a page, in order. `None` if it has none.
    pub(crate) fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut digest = None;
        for (index, id) in ids.enumerate() {
            let digest = digest.get_or_insert(Self {
                beginning: 0,
                all: 0,
            });
            let hash = fnv(id);
            digest.all = digest.all.wrapping_add(hash);
            if index < RECOGNISED_ROWS {
                digest.beginning = digest.beginning.wrapping_mul(31).wrapping_add(hash);
            }
        }
        digest
    }

    const fn is_same_page(&self, other: &Self) -> bool {
        self.beginning == other.beginning || self.all == other.all
    }
}

impl fmt::Display for PageDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{:x}.{:x}", self.beginning, self.all)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed => Ok(()),
            Self::Confirming(last) => write!(f, "!{last:x}"),
            Self::Unbounded(last) => write!(f, "~{last:x}"),
        }
    }
}

/// Returns the FNV-1a hash of a text. It recognises a page of the same list, and nothing that an
/// application gains by guessing.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
