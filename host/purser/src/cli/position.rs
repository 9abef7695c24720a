//! `purser position`: compliance positions, and the rows of one figure.

use super::rules::RulesArgs;
use super::{Context, Failure};
use crate::json::{ExplanationJson, PositionsJson};
use crate::render::{position, reconciliation};
use purser_engine::Reconciliation;
use purser_engine::licensing::{Figure, Position};

const EXAMPLES: &str = "\
Examples:
  purser position
  purser position --product seat --why reclaimable";

/// Show the compliance position of each product, or the rows that a figure is computed from
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PositionArgs {
    /// Only this application, by the name of its profile
    #[arg(long, value_name = "PROFILE")]
    application: Option<String>,
    /// Only this product, by the application's identifier
    #[arg(long)]
    product: Option<String>,
    /// Show the rows of a figure, such as in_use or true_up_cost
    #[arg(long, value_name = "FIGURE", requires = "product")]
    why: Option<Figure>,
    #[command(flatten)]
    rules: RulesArgs,
}

impl PositionArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let Self {
            application,
            product,
            why,
            rules,
        } = self;
        let all = context.open()?.licensing().reconcile(&rules.read()?)?;

        let is_wanted = |row: &&Position| {
            application
                .as_ref()
                .is_none_or(|name| row.application == *name)
                && product.as_ref().is_none_or(|name| row.product == *name)
        };
        let rows: Vec<_> = all.positions.iter().filter(is_wanted).collect();
        if rows.is_empty() && (application.is_some() || product.is_some()) {
            return Err(Failure::input(
                "no position matches the given application and product",
                "`purser position` lists all positions",
            ));
        }

        match why {
            Some(figure) => explain(context, &all, &rows, figure),
            None => show(context, &all, &rows),
        }
    }
}

fn show(context: &Context, all: &Reconciliation, rows: &[&Position]) -> Result<(), Failure> {
    let is_all = rows.len() == all.positions.len();

    context.show(&PositionsJson::new(all, rows), || {
        // The totals are over all products, so that they are wrong for some of them.
        let money = if is_all {
            reconciliation::money(&all.totals)
        } else {
            String::new()
        };
        [
            position::table(rows),
            money,
            reconciliation::notices(&all.notices),
        ]
        .join("\n\n")
    })
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
