//! The result of a reconciliation.

use crate::candidate::Candidate;
use crate::explanation::Explanation;
use crate::figure::Figure;
use crate::finding::FindingKind;
use crate::match_summary::MatchSummary;
use crate::notice::Notice;
use crate::position::Position;
use crate::product_rows::RowsByProduct;
use crate::rules::AsOf;
use crate::totals::Totals;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that was read, compared with everything that is owned.
///
/// The serialized form omits the rows that the figures were counted from; use
/// [`Reconciliation::explain`] to get them.
#[derive(Debug, Clone, Serialize)]
pub struct Reconciliation {
    /// The moment the figures describe.
    pub as_of: AsOf,
    /// The position of each product, by application and product.
    pub positions: Vec<Position>,
    /// The money of all positions.
    pub totals: Totals,
    /// The seats proposed for reclaim, largest saving first.
    pub candidates: Vec<Candidate>,
    /// Numbers of seats by kind of finding. A seat with two findings is counted twice.
    pub findings: BTreeMap<FindingKind, u64>,
    /// Numbers of accounts by the result of matching.
    pub matches: MatchSummary,
    /// The limits of the figures, by application.
    pub notices: Vec<Notice>,
    /// The rows of each product, by application.
    #[serde(skip)]
    pub(crate) rows: BTreeMap<String, RowsByProduct>,
}

impl Reconciliation {
    /// Returns the position of one product; `None` if there is none.
    #[must_use]
    pub fn position(&self, application: &str, product: &str) -> Option<&Position> {
        self.positions
            .iter()
            .find(|position| position.application == application && position.product == product)
    }

    /// Returns the rows that a figure was computed from; `None` if the product has no position.
    #[must_use]
    pub fn explain(
        &self,
        application: &str,
        product: &str,
        figure: Figure,
    ) -> Option<Explanation<'_>> {
        let position = self.position(application, product)?;
        let rows = self.rows.get(application)?.get(product)?;

        Some(Explanation::new(position, figure, rows))
    }
}
