//! Commands in text: the command line renders a next step, crates below it name the step.

use super::finding::{Finding, Rule};
use crate::source::File;
use crate::source::lexer::Kind;
use crate::source::product::Product;

/// Folders whose text may name commands: the command line, and tools for developers.
const EXEMPT: [&str; 2] = ["host/purser", "host/xtask"];

/// Checks the string literals of a file.
pub(super) fn check(file: &File, found: &mut Vec<Finding>) {
    if !file.is_product() || EXEMPT.contains(&file.package.as_str()) {
        return;
    }

    let product = Product::of_text(&file.text);
    let texts = product
        .tokens
        .iter()
        .filter(|token| token.kind == Kind::Text);
    for text in texts.filter(|text| names_command(text.text)) {
        found.push(Finding {
            path: file.path.clone(),
            line: text.line,
            rule: Rule::Command,
            message: "text names a command of `purser`; return a `NextStep` instead".to_owned(),
        });
    }
}

/// True for a command in backquotes, and for an option in backquotes.
fn names_command(text: &str) -> bool {
    text.contains("`purser ") || text.contains("`--")
}
