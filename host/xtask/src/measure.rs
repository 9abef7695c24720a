//! `cargo xtask measure`: how long files and functions are, and how the prose reads, per crate.

use crate::source::docs::blocks;
use crate::source::items::{Function, functions};
use crate::source::lexer::{Kind, Token};
use crate::source::modules::{Crate, Module, crates};
use crate::source::{File, files};
use crate::style;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::Path;

const HEADER: &str = "\
| crate | code lines | files | file p50/p90/max | fn p50/p90/max | fns >60 | blank in bodies | \
comments per 1000 body lines | openers | docs of ≤2 words | tuple-lets per 100 fns | circles |
|-|-|-|-|-|-|-|-|-|-|-|-|";

/// A function of more lines than this is long.
const LONG_FUNCTION: usize = 60;

/// Prints a table of the crates of `host` and `connectors`, tests left out.
pub(crate) fn print(root: &Path) -> Result<()> {
    let files = files(root)?;
    let mut total = Figures::default();
    println!("{HEADER}");
    for package in crates(&files) {
        if !package.package.starts_with("tests") {
            let figures = Figures::of_crate(&package);
            println!("{}", figures.row(package.package));
            total.add(figures);
        }
    }
    println!("{}", total.row("all"));

    for function in long_functions(&files) {
        println!("{function}");
    }
    Ok(())
}

/// Returns a line for each function of more than [`LONG_FUNCTION`] lines.
fn long_functions(files: &[File]) -> Vec<String> {
    let packages = crates(files);
    let modules = packages
        .iter()
        .filter(|package| !package.package.starts_with("tests"))
        .flat_map(|package| &package.modules);
    modules
        .flat_map(|module| {
            let long = functions(&module.code).into_iter();
            long.filter(|function| function.lines() > LONG_FUNCTION)
                .map(|function| {
                    let Function { name, line, .. } = function;
                    format!(
                        "{}:{line}: {name}: {} lines",
                        module.file.path,
                        function.lines()
                    )
                })
        })
        .collect()
}

/// The figures of one crate, or of several together.
#[derive(Default)]
struct Figures {
    /// Lines with code on them.
    code_lines: usize,
    /// Lines of each file, tests in it left out.
    files: Vec<usize>,
    /// Lines of each function.
    functions: Vec<usize>,
    /// Lines between the braces of outermost functions.
    body_lines: usize,
    blank_lines: usize,
    comment_lines: usize,
    sentences: usize,
    openers: usize,
    docs: usize,
    short_docs: usize,
    tuple_lets: usize,
    circles: usize,
}

impl Figures {
    fn of_crate(package: &Crate<'_>) -> Self {
        let mut figures = Self {
            circles: package.circles(|_| false).len(),
            ..Self::default()
        };
        for module in &package.modules {
            figures.count_lines(module);
            figures.count_bodies(module);
            figures.count_docs(module);
        }
        figures
    }

    fn count_lines(&mut self, module: &Module<'_>) {
        let lines = |tokens: &[Token<'_>]| -> BTreeSet<usize> {
            tokens
                .iter()
                .flat_map(|token| token.line..=token.last_line())
                .collect()
        };
        self.code_lines += lines(&module.code).len();
        self.files
            .push(module.tokens.last().map_or(0, Token::last_line));
        self.tuple_lets += tuple_lets(&module.code);
    }

    fn count_bodies(&mut self, module: &Module<'_>) {
        let blank: BTreeSet<usize> = module
            .file
            .text
            .lines()
            .enumerate()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(index, _)| index + 1)
            .collect();
        let comments = module
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Comment);
        let comments: BTreeSet<usize> = comments
            .flat_map(|token| token.line..=token.last_line())
            .collect();

        let mut counted_to = 0;
        for function in functions(&module.code) {
            self.functions.push(function.lines());
            let body = function.opens + 1..function.closes;
            if function.line > counted_to && !body.is_empty() {
                self.body_lines += body.len();
                self.blank_lines += blank.range(body.clone()).count();
                self.comment_lines += comments.range(body).count();
                counted_to = function.closes;
            }
        }
    }

    fn count_docs(&mut self, module: &Module<'_>) {
        for block in blocks(&module.tokens) {
            self.docs += 1;
            self.short_docs += usize::from(block.words() <= 2);
            for sentence in block.sentences() {
                self.sentences += 1;
                self.openers += usize::from(style::is_opener(sentence.first_word));
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.code_lines += other.code_lines;
        self.files.extend(other.files);
        self.functions.extend(other.functions);
        self.body_lines += other.body_lines;
        self.blank_lines += other.blank_lines;
        self.comment_lines += other.comment_lines;
        self.sentences += other.sentences;
        self.openers += other.openers;
        self.docs += other.docs;
        self.short_docs += other.short_docs;
        self.tuple_lets += other.tuple_lets;
        self.circles += other.circles;
    }

    fn row(&self, name: &str) -> String {
        let long = self
            .functions
            .iter()
            .filter(|lines| **lines > LONG_FUNCTION);
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} % | {} | {} % | {} % | {} | {} |",
            self.code_lines,
            self.files.len(),
            spread(&self.files),
            spread(&self.functions),
            long.count(),
            share(self.blank_lines, self.body_lines, 100),
            share(self.comment_lines, self.body_lines, 1000),
            share(self.openers, self.sentences, 100),
            share(self.short_docs, self.docs, 100),
            share(self.tuple_lets, self.functions.len(), 100),
            self.circles,
        )
    }
}

/// Returns a share with one decimal place.
fn share(part: usize, whole: usize, scale: usize) -> String {
    let tenths = (part * scale * 10).checked_div(whole).unwrap_or_default();
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Returns the median, the 90th percentile and the maximum.
fn spread(values: &[usize]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = |percent: usize| {
        let index = sorted.len().saturating_sub(1) * percent / 100;
        sorted.get(index).copied().unwrap_or_default()
    };
    format!("{}/{}/{}", at(50), at(90), at(100))
}

/// Counts `let (a, b) = (x, y);`: two statements written as one.
fn tuple_lets(code: &[Token<'_>]) -> usize {
    let texts: Vec<&str> = code.iter().map(|token| token.text).collect();
    let lets = texts.iter().enumerate().filter(|(_, text)| **text == "let");
    lets.filter(|(at, _)| {
        let pattern = at + 1;
        let value = group_end(&texts, pattern).map(|end| end + 2);
        value.is_some_and(|value| {
            texts.get(value - 1) == Some(&"=")
                && group_end(&texts, value).and_then(|end| texts.get(end + 1)) == Some(&";")
        })
    })
    .count()
}

/// Returns the index of the parenthesis that closes the one at `open`.
fn group_end(texts: &[&str], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, text) in texts.iter().enumerate().skip(open) {
        match *text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0 => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::modules::tests::files_of;

    #[test]
    fn measure_bodies_docs_and_lets_are_counted() {
        let source = "\
//! What a file holds. Parses.

/// Why.
fn f() {
    let (a, b) = (1, g(2));

    // why
    let (c, d) = pair();
}
#[cfg(test)]
mod tests {}
";
        let files = files_of(&[("lib.rs", source)]);
        let figures = Figures::of_crate(&crates(&files)[0]);
        assert_eq!(
            (figures.code_lines, figures.files.as_slice()),
            (4, &[9][..])
        );
        assert_eq!(figures.functions, [6]);
        assert_eq!(
            (
                figures.body_lines,
                figures.blank_lines,
                figures.comment_lines
            ),
            (4, 1, 1)
        );
        assert_eq!((figures.sentences, figures.openers), (3, 1));
        assert_eq!((figures.docs, figures.short_docs), (2, 1));
        assert_eq!(figures.tuple_lets, 1);
    }

    #[test]
    fn measure_spread_is_of_sorted_values() {
        assert_eq!(spread(&[30, 10, 20]), "20/20/30");
        assert_eq!(share(1, 3, 100), "33.3");
        assert_eq!(share(1, 0, 100), "0.0");
    }
}
