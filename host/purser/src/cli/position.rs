//! `purser position`

use super::rules::Rules;
use super::{Context, Failure};
use crate::render::{position, reconciliation};
use purser_engine::Reconciliation;
use purser_engine::licensing::{AsOf, Figure, Notice, Position as Row, Totals};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  purser position
  purser position --product seat --why reclaimable";

/// Show the compliance position of each product, or the rows that a figure came from
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Position {
    /// Only this application, by the name of its profile
    #[arg(long, value_name = "PROFILE")]
    application: Option<String>,
    /// Only this product, as the application calls it
    #[arg(long)]
    product: Option<String>,
    /// Show the rows behind a figure, such as in_use or true_up_cost
    #[arg(long, value_name = "FIGURE", requires = "product")]
    why: Option<Figure>,
    #[command(flatten)]
    rules: Rules,
}

/// What `position` prints as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    as_of: AsOf,
    positions: &'a [&'a Row],
    /// Over all products, whichever are shown.
    totals: &'a Totals,
    notices: &'a [Notice],
}

impl Position {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let Self {
            application,
            product,
            why,
            rules,
        } = self;
        let all = context.open()?.licensing().reconcile(&rules.read()?)?;
        let wanted = |row: &&Row| {
            application
                .as_ref()
                .is_none_or(|wanted| row.application == *wanted)
                && product.as_ref().is_none_or(|wanted| row.product == *wanted)
        };
        let rows: Vec<_> = all.positions.iter().filter(wanted).collect();
        if rows.is_empty() && (application.is_some() || product.is_some()) {
            return Err(Failure::input(
                "there is no such product",
                "`purser position` shows those there are",
            ));
        }
        if let Some(figure) = why {
            return explain(context, &all, &rows, figure);
        }
        let shown = Shown {
            as_of: all.as_of,
            positions: &rows,
            totals: &all.totals,
            notices: &all.notices,
        };
        let is_all = rows.len() == all.positions.len();
        context.show(&shown, || {
            let money = if is_all {
                reconciliation::money(&all.totals)
            } else {
                String::new()
            };
            [
                position::table(&rows),
                money,
                reconciliation::notices(&all.notices),
            ]
            .join("\n\n")
        })
    }
}

fn explain(
    context: &Context,
    all: &Reconciliation,
    rows: &[&Row],
    figure: Figure,
) -> Result<(), Failure> {
    let [row] = rows else {
        return Err(Failure::input(
            "more than one application has this product",
            "say which with --application",
        ));
    };
    let explanation = all.explain(&row.application, &row.product, figure);
    let explanation = explanation.ok_or_else(|| {
        Failure::machine(
            format!("there are no rows behind {figure} of {}", row.product),
            "report this",
        )
    })?;
    context.show(&explanation, || position::explanation(&explanation))
}
