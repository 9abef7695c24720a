//! Documentation comments: blocks, sentences and `# Errors` sections.

use super::lexer::{Kind, Token};

/// The lines of documentation that stand together.
pub(crate) struct Block<'a> {
    /// Each line without its slashes, with its number.
    lines: Vec<(usize, &'a str)>,
}

/// The beginning of a sentence.
pub(crate) struct Sentence<'a> {
    pub(crate) first_word: &'a str,
    pub(crate) line: usize,
}

/// Returns the blocks of documentation among tokens.
pub(crate) fn blocks<'a>(tokens: &[Token<'a>]) -> Vec<Block<'a>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut last: Option<(usize, bool)> = None;
    for token in tokens.iter().filter(|token| token.kind == Kind::Doc) {
        let inner = token.text.starts_with("//!") || token.text.starts_with("/*!");
        let goes_on = last == Some((token.line, inner));
        let lines = lines(token);
        match found.last_mut() {
            Some(block) if goes_on => block.lines.extend(lines),
            _ => found.push(Block {
                lines: lines.collect(),
            }),
        }
        last = Some((token.last_line() + 1, inner));
    }
    found
}

/// Returns the lines of one comment without what marks them as a comment.
fn lines<'a>(token: &Token<'a>) -> impl Iterator<Item = (usize, &'a str)> {
    let text = token.text.get(3..).unwrap_or_default();
    let text = text.strip_suffix("*/").unwrap_or(text);
    let line = token.line;
    text.lines()
        .enumerate()
        .map(move |(index, text)| (line + index, text.trim()))
}

impl<'a> Block<'a> {
    /// Number of words, code included.
    pub(crate) fn words(&self) -> usize {
        self.lines
            .iter()
            .flat_map(|(_, text)| text.split_whitespace())
            .count()
    }

    /// Returns the first word of each sentence of its prose: no code, headings or tables.
    pub(crate) fn sentences(&self) -> Vec<Sentence<'a>> {
        let mut found = Vec::new();
        for paragraph in self.paragraphs() {
            let mut in_code = false;
            // The first word of a paragraph begins a sentence however it is spelt.
            let mut begins = Some(true);
            for (line, word) in paragraph {
                if let Some(first) = begins
                    && (first || is_capital(word))
                {
                    found.push(Sentence {
                        first_word: letters(word),
                        line,
                    });
                }
                in_code ^= word.matches('`').count() % 2 == 1;
                begins = (!in_code && ends_sentence(word)).then_some(false);
            }
        }
        found
    }

    /// Returns the text of its `# Errors` section on one line, with the section's line.
    pub(crate) fn errors_section(&self) -> Option<(usize, String)> {
        let mut lines = self
            .lines
            .iter()
            .skip_while(|(_, text)| *text != "# Errors");
        let (line, _) = lines.next()?;
        let text: Vec<_> = lines
            .map(|(_, text)| *text)
            .take_while(|text| !text.starts_with("# "))
            .filter(|text| !text.is_empty())
            .collect();
        Some((*line, text.join(" ")))
    }

    /// Returns the words of each paragraph with their lines. A list item is a paragraph.
    fn paragraphs(&self) -> Vec<Vec<(usize, &'a str)>> {
        let mut found: Vec<Vec<(usize, &str)>> = vec![Vec::new()];
        let mut in_fence = false;
        for (line, text) in &self.lines {
            if text.starts_with("```") {
                in_fence = !in_fence;
                found.push(Vec::new());
                continue;
            }
            if in_fence || text.starts_with(['#', '|']) || text.is_empty() {
                found.push(Vec::new());
                continue;
            }

            let item = item_text(text);
            if item.is_some() {
                found.push(Vec::new());
            }
            let words = item.unwrap_or(text).split_whitespace();
            if let Some(paragraph) = found.last_mut() {
                paragraph.extend(words.map(|word| (*line, word)));
            }
        }
        found.retain(|paragraph| !paragraph.is_empty());
        found
    }
}

/// Returns the text of a list item.
fn item_text(text: &str) -> Option<&str> {
    text.strip_prefix("- ")
        .or_else(|| text.strip_prefix("* "))
        .or_else(|| {
            let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
            (digits.len() < text.len())
                .then(|| digits.strip_prefix(". "))
                .flatten()
        })
}

/// True if a word may begin a sentence: `e.g. this` does not.
fn is_capital(word: &str) -> bool {
    word.trim_start_matches(['`', '(', '*', '_', '"', '['])
        .starts_with(char::is_uppercase)
}

fn ends_sentence(word: &str) -> bool {
    word.trim_end_matches([')', '"', '*', '_', '`'])
        .ends_with(['.', '!', '?'])
}

/// Returns the letters that a word begins with: `What` of `"What's`.
fn letters(word: &str) -> &str {
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = word
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(word.len());
    word.split_at(end).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::tokens;

    #[test]
    fn docs_sentences_leave_out_code_headings_and_tables() {
        let source = "
            /// Sends it, e.g. now. What for? `What. Ever` stays. (Where it is)
            /// what goes on.
            ///
            /// # How
            /// - which one
            /// | Who |
            /// ```
            /// When.
            /// ```
            fn f() {}
        ";
        let tokens = tokens(source);
        let blocks = blocks(&tokens);
        let [block] = blocks.as_slice() else {
            panic!("one block")
        };
        let words: Vec<_> = block.sentences().iter().map(|s| s.first_word).collect();
        assert_eq!(words, ["Sends", "What", "What", "Where", "which"]);
    }

    #[test]
    fn docs_errors_section_ends_with_the_next_heading() {
        let source =
            "/// Does.\n///\n/// # Errors\n/// When it\n/// fails.\n///\n/// # Panics\n/// No.\n";
        let tokens = tokens(source);
        let found = blocks(&tokens).first().and_then(Block::errors_section);
        assert_eq!(found, Some((3, "When it fails.".to_owned())));
    }
}
