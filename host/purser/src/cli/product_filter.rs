//! Filter of positions and candidates by application and product.

use super::Failure;
use purser_engine::ProfileView;
use purser_engine::licensing::{Notice, Position, Reconciliation};
use std::collections::BTreeSet;

/// Filter of a list by application and product.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProductFilter {
    /// Only this application, by the name of its profile
    #[arg(long, value_name = "PROFILE")]
    pub(super) application: Option<String>,
    /// Only this product, by the application's identifier
    #[arg(long)]
    pub(super) product: Option<String>,
}

impl ProductFilter {
    /// Returns true if the filter lets a product of an application through.
    pub(super) fn matches(&self, application: &str, product: &str) -> bool {
        let is_application = self
            .application
            .as_ref()
            .is_none_or(|name| name == application);
        let is_product = self.product.as_ref().is_none_or(|name| name == product);

        is_application && is_product
    }

    /// Returns the limits of the figures that the filter lets through.
    pub(super) fn notices<'r>(&self, all: &'r Reconciliation) -> Vec<&'r Notice> {
        let is_wanted = |notice: &&Notice| {
            self.application
                .as_ref()
                .is_none_or(|name| notice.concerns(name))
        };
        all.notices.iter().filter(is_wanted).collect()
    }

    /// Fails if the filter names an application or a product that has no position. An empty list
    /// would look as if nothing was wasted.
    pub(super) fn check(
        &self,
        all: &Reconciliation,
        profiles: &[ProfileView],
    ) -> Result<(), Failure> {
        let is_selected = |row: &Position| self.matches(&row.application, &row.product);
        let is_given = self.application.is_some() || self.product.is_some();
        if !is_given || all.positions.iter().any(is_selected) {
            return Ok(());
        }

        let applications = names(all.positions.iter().map(|row| row.application.as_str()));
        match (&self.application, &self.product) {
            (Some(application), _) if !applications.contains(application.as_str()) => {
                Err(unknown_application(application, &applications, profiles))
            }
            (application, product) => {
                let product = product.as_deref().unwrap_or_default();
                let rows = all.positions.iter().filter(|row| {
                    application
                        .as_ref()
                        .is_none_or(|name| *name == row.application)
                });
                let products = names(rows.map(|row| row.product.as_str()));
                Err(Failure::input(
                    format!("there is no product {product}"),
                    known("products", &products),
                ))
            }
        }
    }
}

fn unknown_application(
    application: &str,
    applications: &BTreeSet<&str>,
    profiles: &[ProfileView],
) -> Failure {
    let is_profile = profiles
        .iter()
        .any(|view| view.profile.name.as_str() == application);
    if is_profile {
        return Failure::input(
            format!(
                "application {application} has no position: its profile is a draft or was not read yet, or no seat is held or owned"
            ),
            format!("`purser profile publish {application}` publishes and reads it"),
        );
    }

    Failure::input(
        format!("there is no application {application}"),
        known("applications", applications),
    )
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    all.collect()
}

/// Lists the known names for the next step.
fn known(kind: &str, names: &BTreeSet<&str>) -> String {
    if names.is_empty() {
        return "`purser position` lists all positions; there are none yet".to_owned();
    }

    let list = names.iter().copied().collect::<Vec<_>>().join(", ");
    format!("use one of the {kind}: {list}")
}
