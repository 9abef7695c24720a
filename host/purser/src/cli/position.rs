//! `purser position`: compliance positions, and the rows of one figure.

use super::product_filter::ProductFilter;
use super::rules::RulesArgs;
use super::{Context, Failure};
use crate::json::{ExplanationJson, PositionsJson};
use crate::render::{position, reconciliation};
use purser_engine::Reconciliation;
use purser_engine::licensing::{Figure, Position, Totals};

const EXAMPLES: &str = "\
Examples:
  purser position
  purser position --product seat --why reclaimable";

/// Show the compliance position of each product, or the rows that a figure is computed from
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PositionArgs {
    #[command(flatten)]
    filter: ProductFilter,
    /// Show the rows of a figure, such as in_use or true_up_cost
    #[arg(long, value_name = "FIGURE", requires = "product")]
    why: Option<Figure>,
    #[command(flatten)]
    rules: RulesArgs,
}

impl PositionArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let Self { filter, why, rules } = self;
        let purser = context.open()?;
        let all = purser.licensing().reconcile(&rules.read()?)?;
        filter.check(&all, &purser.profiles().list()?)?;

        let is_wanted = |row: &&Position| filter.matches(&row.application, &row.product);
        let rows: Vec<_> = all.positions.iter().filter(is_wanted).collect();

        match why {
            Some(figure) => explain(context, &all, &rows, figure),
            None => show(context, &all, &rows, &filter),
        }
    }
}

fn show(
    context: &Context,
    all: &Reconciliation,
    rows: &[&Position],
    filter: &ProductFilter,
) -> Result<(), Failure> {
    let totals = Totals::sum(rows.iter().copied()).map_err(|error| {
        Failure::machine(
            format!("the costs cannot be added up: {error}"),
            "report this",
        )
    })?;
    let notices = filter.notices(all);
    let is_new = all.positions.is_empty() && notices.iter().all(|notice| notice.is_of_people());

    context.show(&PositionsJson::new(all, rows, &totals, &notices), || {
        let parts = [
            position::table(rows, is_new),
            reconciliation::money(&totals),
            reconciliation::notices(notices.iter().copied()),
        ];
        join_parts(parts)
    })
}

/// Joins the parts that have a text, with blank lines between them.
fn join_parts(parts: [String; 3]) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

fn explain(
    context: &Context,
    all: &Reconciliation,
    rows: &[&Position],
    figure: Figure,
) -> Result<(), Failure> {
    let [row] = rows else {
        return Err(Failure::input(
            "more than one application has this product",
            "name one with --application",
        ));
    };
    let explanation = all.explain(&row.application, &row.product, figure);
    let explanation = explanation.ok_or_else(|| {
        Failure::machine(
            format!("figure {figure} of {} has no rows", row.product),
            "report this",
        )
    })?;

    context.show(&ExplanationJson::from(&explanation), || {
        position::explanation(&explanation)
    })
}
