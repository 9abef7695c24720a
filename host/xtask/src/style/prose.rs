//! Comments: their width, how their sentences open, and `# Errors` sections.

use super::finding::{Finding, Rule};
use crate::source::File;
use crate::source::docs::{Block, blocks};
use crate::source::lexer::{Token, tokens};
use crate::source::product::Product;
use std::collections::BTreeSet;

/// The column that comments end at, as `max_width` of `rustfmt.toml` says for code.
const MAX_WIDTH: usize = 100;

/// Words that open a noun clause. A sentence that begins with one has no verb or subject to go by.
const OPENERS: [&str; 15] = [
    "what",
    "whatever",
    "where",
    "wherever",
    "whether",
    "who",
    "whoever",
    "whom",
    "whose",
    "how",
    "when",
    "whenever",
    "which",
    "whichever",
    "that",
];

/// Sections that say what every function that reads or writes may fail with.
const BOILERPLATE: [&str; 6] = [
    "when the store cannot be read",
    "when the store cannot be written",
    "when the database cannot be read",
    "when the database cannot be written",
    "if the store cannot be read",
    "if the store cannot be written",
];

/// Checks the comments of a file: the width of all, the sentences of what is not a test.
pub(super) fn check(file: &File, found: &mut Vec<Finding>) {
    let mut add = |line, rule, message| {
        found.push(Finding {
            path: file.path.clone(),
            line,
            rule,
            message,
        });
    };

    for (line, width) in wide_lines(file) {
        add(
            line,
            Rule::Width,
            format!("a comment ends at column {width}; wrap it at {MAX_WIDTH}"),
        );
    }

    if file.is_product() {
        let product = Product::of_text(&file.text);
        for block in blocks(&product.tokens) {
            for sentence in block.sentences() {
                if is_opener(sentence.first_word) {
                    let word = sentence.first_word;
                    let message =
                        format!("a sentence opens with {word}; open with a verb or a noun");
                    add(sentence.line, Rule::Opener, message);
                }
            }
            if let Some(line) = boilerplate_line(&block) {
                let message = "this `# Errors` section says what the return type says; drop it";
                add(line, Rule::Errors, message.to_owned());
            }
        }
    }
}

/// True if a sentence of documentation may not open with this word.
pub(crate) fn is_opener(word: &str) -> bool {
    OPENERS
        .iter()
        .any(|opener| word.eq_ignore_ascii_case(opener))
}

/// Returns the line of an `# Errors` section that says nothing of its own.
fn boilerplate_line(block: &Block<'_>) -> Option<usize> {
    let (line, text) = block.errors_section()?;
    let text = text.to_lowercase();
    let text = text.trim_end_matches('.');

    // A link to the error type, and perhaps one word before it.
    let refers = text.split(' ').count() <= 2 && text.contains("[`");
    (refers || BOILERPLATE.contains(&text)).then_some(line)
}

/// Returns the lines with a comment that are too wide, with their widths. Addresses and rows of
/// tables do not wrap.
fn wide_lines(file: &File) -> Vec<(usize, usize)> {
    let all = tokens(&file.text);
    let comments: BTreeSet<usize> = all
        .iter()
        .filter(|token| token.is_comment())
        .flat_map(|token: &Token<'_>| token.line..=token.last_line())
        .collect();
    file.text
        .lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text))
        .filter(|(line, text)| comments.contains(line) && !is_unbreakable(text))
        .map(|(line, text)| (line, text.chars().count()))
        .filter(|(_, width)| *width > MAX_WIDTH)
        .collect()
}

/// Returns true for a line that cannot be wrapped: one with an address, or a row of a table.
fn is_unbreakable(line: &str) -> bool {
    let text = line
        .trim_start()
        .trim_start_matches(['/', '!'])
        .trim_start();
    line.contains("://") || text.starts_with('|')
}
