//! Names: a crate has one type of each name.

use super::finding::{Finding, Rule};
use crate::source::modules::Crate;
use std::collections::BTreeMap;

/// Names that a crate may define more than once, each with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// Checks the types of a crate, tests left out.
pub(super) fn check(package: &Crate<'_>, found: &mut Vec<Finding>) {
    let mut first: BTreeMap<&str, String> = BTreeMap::new();
    for module in &package.modules {
        let types = module
            .definitions
            .iter()
            .filter(|item| item.is_type && !item.is_conditional);
        for item in types.filter(|item| !is_exception(package.package, item.name)) {
            let place = format!("{}:{}", module.name(), item.line);
            match first.get(item.name) {
                None => drop(first.insert(item.name, place)),
                Some(other) => found.push(Finding {
                    path: module.file.path.clone(),
                    line: item.line,
                    rule: Rule::Name,
                    message: format!("the crate has another type `{}`: {other}", item.name),
                }),
            }
        }
    }
}

fn is_exception(package: &str, name: &str) -> bool {
    EXCEPTIONS
        .iter()
        .any(|(exempt, type_name, _)| *exempt == package && *type_name == name)
}
