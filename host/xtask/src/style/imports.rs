//! Imports: rooms import downward, and files do not import each other in circles.

use super::finding::{Finding, Rule};
use crate::source::modules::{Crate, Import, Module};

/// The rooms of a crate by layers, lowest first. A room imports from lower layers, and from no
/// other room of its own. Files beside the rooms that are not named here are below them all; the
/// crate's root is above, where it wires them.
const ROOMS: &[(&str, &[&[&str]])] = &[
    (
        "host/egress",
        &[
            &["scrub"],
            &["credential"],
            &["policy"],
            &["attempt_error"],
            &["body", "http_client", "retry"],
            &["attempt"],
            &["exchange"],
            &["client"],
            &["token_endpoint"],
        ],
    ),
    (
        "host/engine",
        &[
            &["call", "connector", "import"],
            &["connection"],
            &["profile"],
            &["cassette"],
            &["run"],
            &["reconcile"],
        ],
    ),
];

/// A file of a crate that a rule leaves out: package, path below `src`, reason.
type Exception = (&'static str, &'static str, &'static str);

/// Files beside the rooms that may import from them.
const ROOM_EXCEPTIONS: &[Exception] = &[(
    "host/engine",
    "error.rs",
    "the crate's error wraps the errors of rooms, which are leaves of their rooms",
)];

/// Files that take no part in the search for circles.
const CIRCLE_EXCEPTIONS: &[Exception] = &[];

/// Checks the imports between the files of a crate.
pub(super) fn check(package: &Crate<'_>, found: &mut Vec<Finding>) {
    circles(package, found);
    let layers = ROOMS
        .iter()
        .find(|(name, _)| *name == package.package)
        .map(|(_, layers)| *layers);
    if let Some(layers) = layers {
        upward(package, layers, found);
    }
}

fn circles(package: &Crate<'_>, found: &mut Vec<Finding>) {
    let imports = package.imports();
    for circle in package.circles(|module| is_exception(CIRCLE_EXCEPTIONS, package, module)) {
        let within =
            |import: &&Import| circle.contains(&import.from) && circle.contains(&import.to);
        let edges: Vec<_> = imports
            .iter()
            .filter(within)
            .filter_map(|import| {
                let from = package.modules.get(import.from)?.name();
                let to = package.modules.get(import.to)?.name();
                Some(format!("{from}:{} → {to}", import.line))
            })
            .collect();
        let first = imports.iter().find(within);
        let Some(module) = first.and_then(|import| package.modules.get(import.from)) else {
            continue;
        };
        found.push(Finding {
            path: module.file.path.clone(),
            line: first.map_or(0, |import| import.line),
            rule: Rule::Circle,
            message: format!(
                "{} files import each other: {}",
                circle.len(),
                edges.join(", ")
            ),
        });
    }
}

/// Adds the imports that do not lead from a higher layer to a lower one.
fn upward(package: &Crate<'_>, layers: &[&[&str]], found: &mut Vec<Finding>) {
    for import in package.imports() {
        let ends = [import.from, import.to].map(|index| package.modules.get(index));
        let [Some(from), Some(to)] = ends else {
            continue;
        };
        if from.is_root() || room(from) == room(to) || is_exception(ROOM_EXCEPTIONS, package, from)
        {
            continue;
        }
        let (above, below) = (layer(layers, from), layer(layers, to));
        let both_below = above == 0 && below == 0;
        if below >= above && !both_below {
            found.push(Finding {
                path: from.file.path.clone(),
                line: import.line,
                rule: Rule::Room,
                message: format!(
                    "{} may not import {}: rooms import downward",
                    room(from),
                    to.name()
                ),
            });
        }
    }
}

/// Returns the height of a module's room: 0 below all rooms, and above them all for the root.
fn layer(layers: &[&[&str]], module: &Module<'_>) -> usize {
    if module.is_root() {
        return layers.len() + 1;
    }
    let layer = layers
        .iter()
        .position(|rooms| rooms.contains(&room(module)));
    layer.map_or(0, |layer| layer + 1)
}

/// Returns the folder of a module below `src`, or the file's own name beside the folders.
fn room<'m>(module: &'m Module<'_>) -> &'m str {
    module.path.first().map_or("", String::as_str)
}

fn is_exception(exceptions: &[Exception], package: &Crate<'_>, module: &Module<'_>) -> bool {
    exceptions
        .iter()
        .any(|(exempt, file, _)| *exempt == package.package && *file == module.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::source::modules::crates;

    #[test]
    fn imports_upward_between_rooms_are_found() {
        let file = |path: &str, text: &str| File {
            path: format!("host/engine/src/{path}"),
            package: "host/engine".to_owned(),
            text: text.to_owned(),
        };
        let files = [
            file(
                "lib.rs",
                "mod run; mod connector; mod error; pub struct Purser; use run::Run;",
            ),
            file("error.rs", "pub struct Error;"),
            file(
                "run/mod.rs",
                "use crate::connector::C; use crate::error::Error; pub struct Run;",
            ),
            file("connector/mod.rs", "mod lookup; pub struct C;"),
            file("connector/lookup.rs", "use super::C; use crate::run::Run;"),
        ];
        let all = crates(&files);
        let mut found = Vec::new();
        check(&all[0], &mut found);

        let upward: Vec<_> = found
            .iter()
            .filter(|finding| finding.rule == Rule::Room)
            .map(|finding| finding.path.as_str())
            .collect();
        assert_eq!(upward, ["host/engine/src/connector/lookup.rs"]);
    }
}
