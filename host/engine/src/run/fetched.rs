//! Page that was fetched, with the requests that it took.

use purser_model::{Cursor, Page, Records, RequestStats, StreamKind};

/// A page and the HTTP requests that fetching it took.
pub(super) struct FetchedPage {
    pub(super) page: Page,
    pub(super) stats: RequestStats,
    /// True if the host itself moves on with this page, whatever it contains.
    pub(super) is_progress: bool,
}

impl FetchedPage {
    /// Creates a page of the host without records, which moves the checkpoint to `next`.
    pub(super) fn empty(kind: StreamKind, next: Option<Cursor>) -> Self {
        let records = match kind {
            StreamKind::Accounts => Records::Accounts(Vec::new()),
            StreamKind::Activity => Records::Activity(Vec::new()),
            StreamKind::Products => Records::Products(Vec::new()),
        };
        let page = Page {
            records,
            rejected: Vec::new(),
            next,
            total: None,
            partitions: Vec::new(),
            offset_paged: false,
        };

        Self {
            page,
            stats: RequestStats::default(),
            is_progress: true,
        }
    }
}
