//! The checks of `cargo xtask style`, as `docs/style.md` describes them.

mod commands;
mod finding;
mod imports;
mod names;
mod prose;

pub(crate) use prose::is_opener;

use crate::source::modules::crates;
use crate::source::{File, files};
use anyhow::{Result, bail};
use finding::{Finding, Rule};
use std::collections::BTreeMap;
use std::path::Path;

/// Checks the checkout, prints each finding, and fails if there is one. Rules named in `only`
/// restrict what is printed and counted.
pub(crate) fn check(root: &Path, only: &[String]) -> Result<()> {
    let mut findings = findings(&files(root)?);
    findings.retain(|found| only.is_empty() || only.iter().any(|rule| rule == found.rule.as_str()));
    if findings.is_empty() {
        return Ok(());
    }

    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    for finding in &findings {
        println!("{finding}");
        *counts.entry(finding.rule).or_default() += 1;
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|(rule, count)| format!("{} {count}", rule.as_str()))
        .collect();
    bail!(
        "the house style does not hold ({}); docs/style.md has the rules",
        counts.join(", ")
    )
}

/// Returns every finding, in the order of files and lines.
fn findings(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        prose::check(file, &mut found);
        commands::check(file, &mut found);
    }
    for package in crates(files) {
        if !package.package.starts_with("tests") {
            names::check(&package, &mut found);
            imports::check(&package, &mut found);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::modules::tests::files_of;

    /// The rules that sources break, with their lines.
    fn broken(sources: &[(&str, &str)]) -> Vec<(Rule, usize)> {
        findings(&files_of(sources))
            .into_iter()
            .map(|finding| (finding.rule, finding.line))
            .collect()
    }

    #[test]
    fn style_good_source_has_no_finding() {
        let source = "//! Parses pages.\n\n/// A page.\npub struct Page; // a short why\n";
        assert_eq!(broken(&[("page.rs", source)]), []);
    }

    #[test]
    fn style_comment_wider_than_100_columns_is_found() {
        let wide = "x".repeat(90);
        let source =
            format!("// {wide}\nfn f() {{}} // {wide}\nconst S: &str = \"{wide} {wide}\";\n");
        assert_eq!(broken(&[("a.rs", &source)]), [(Rule::Width, 2)]);
    }

    #[test]
    fn style_noun_clause_opener_is_found_outside_tests() {
        let source = "
            /// What it is. Returns it. When asked.
            fn f() {}
            #[cfg(test)]
            /// What else.
            fn g() {}
        ";
        let opener = (Rule::Opener, 2);
        assert_eq!(broken(&[("a.rs", source)]), [opener, opener]);
    }

    #[test]
    fn style_boilerplate_errors_section_is_found() {
        let source = "/// Reads.\n///\n/// # Errors\n/// See [`Error`].\nfn f() {}\n";
        assert_eq!(broken(&[("a.rs", source)]), [(Rule::Errors, 3)]);
    }

    #[test]
    fn style_command_below_the_command_line_is_found() {
        let source = "const A: &str = \"run `purser run crm`\"; // `purser run` in a comment\n";
        assert_eq!(broken(&[("a.rs", source)]), [(Rule::Command, 1)]);
    }

    #[test]
    fn style_two_types_of_one_name_are_found() {
        let sources = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "struct Place; impl T for Place { type Err = u8; }"),
            (
                "b.rs",
                "\nenum Place {} impl T for Place { type Err = u8; }",
            ),
        ];
        assert_eq!(broken(&sources), [(Rule::Name, 2)]);
    }

    #[test]
    fn style_circle_is_found() {
        let sources = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use super::a::A; pub struct B;"),
        ];
        assert_eq!(broken(&sources), [(Rule::Circle, 1)]);
    }
}
