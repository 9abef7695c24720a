//! Splits Rust source into tokens, comments included.
//!
//! Parsers for macros drop comments, and the checks are mostly about comments. The lexical rules
//! that matter here are few: comments, strings, characters and lifetimes, words, symbols.

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, a keyword or a number.
    Word,
    /// A string literal of any form, with its quotes.
    Text,
    /// A character literal or a lifetime.
    Quoted,
    /// One character of punctuation.
    Symbol,
    /// A comment that documents nothing.
    Comment,
    /// A documentation comment.
    Doc,
}

/// A piece of source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The line it begins on, counted from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// The line it ends on.
    pub(crate) fn last_line(&self) -> usize {
        self.line + self.text.matches('\n').count()
    }

    /// True for both kinds of comment.
    pub(crate) const fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::Doc)
    }
}

/// Returns the tokens of a file. Unterminated literals end with the file.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut line = 1;

    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            line += usize::from(first == '\n');
            rest = rest.strip_prefix(first).unwrap_or_default();
            continue;
        }

        let (kind, length) = measure(rest, first);
        let (text, after) = rest.split_at(length.clamp(first.len_utf8(), rest.len()));
        found.push(Token { kind, text, line });
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

/// Returns the kind and the length in bytes of the token that `rest` begins with.
fn measure(rest: &str, first: char) -> (Kind, usize) {
    if rest.starts_with("//") {
        let length = rest.find('\n').unwrap_or(rest.len());
        let doc = rest.starts_with("//!") || (rest.starts_with("///") && !rest.starts_with("////"));
        return (comment(doc), length);
    }
    if rest.starts_with("/*") {
        let doc = rest.starts_with("/*!")
            || (rest.starts_with("/**") && !rest.starts_with("/***") && !rest.starts_with("/**/"));
        return (comment(doc), block_comment(rest));
    }
    if let Some(length) = string(rest) {
        return (Kind::Text, length);
    }
    match first {
        '\'' => (Kind::Quoted, quoted(rest)),
        c if c.is_alphanumeric() || c == '_' => (Kind::Word, word(rest)),
        c => (Kind::Symbol, c.len_utf8()),
    }
}

const fn comment(doc: bool) -> Kind {
    if doc { Kind::Doc } else { Kind::Comment }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match tail.chars().next() {
                Some(c) => at += c.len_utf8(),
                None => break,
            }
        }
    }
    rest.len()
}

/// Returns the length of the string literal at the start, raw and byte strings included.
fn string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|tail| tail.trim_start_matches('#').starts_with('"'))
    })?;
    let tail = rest.strip_prefix(prefix)?;
    let hashes = tail.len() - tail.trim_start_matches('#').len();

    let raw = prefix.ends_with('r');
    if hashes > 0 && !raw {
        return None;
    }

    let start = prefix.len() + hashes + 1;
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let body = rest.get(start..)?;
        return Some(
            body.find(&end)
                .map_or(rest.len(), |found| start + found + end.len()),
        );
    }
    Some(start + escaped(rest.get(start..)?, '"'))
}

/// Returns the length up to and including the closing quote.
fn escaped(body: &str, quote: char) -> usize {
    let mut escape = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escape => escape = false,
            '\\' => escape = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    body.len()
}

/// `'a'`, `'\n'` and `'\u{1f}'` are characters; `'a` is a lifetime.
fn quoted(rest: &str) -> usize {
    let body = rest.get(1..).unwrap_or_default();
    let mut characters = body.chars();
    let first = characters.next();
    let is_character = first == Some('\\') || characters.next() == Some('\'');
    if is_character {
        return 1 + escaped(body, '\'');
    }
    1 + word(body)
}

/// A word, or a number with its fraction.
fn word(rest: &str) -> usize {
    let end = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let length = end(rest);

    let number = rest.starts_with(|c: char| c.is_ascii_digit());
    let tail = rest.get(length..).and_then(|tail| tail.strip_prefix('.'));
    match tail {
        Some(tail) if number && tail.starts_with(|c: char| c.is_ascii_digit()) => {
            length + 1 + end(tail)
        }
        _ => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<(Kind, &str)> {
        tokens(source)
            .iter()
            .map(|token| (token.kind, token.text))
            .collect()
    }

    #[test]
    fn lexer_strings_hide_comments_and_quotes() {
        let source = r##"a("//no", r#"say "hi" /* "#, b'\'', 'x', 'static) // yes"##;
        let found = kinds(source);
        assert!(found.contains(&(Kind::Text, "\"//no\"")));
        assert!(found.contains(&(Kind::Text, r##"r#"say "hi" /* "#"##)));
        assert!(found.contains(&(Kind::Quoted, "'x'")));
        assert!(found.contains(&(Kind::Quoted, "'static")));
        assert_eq!(found.last(), Some(&(Kind::Comment, "// yes")));
    }

    #[test]
    fn lexer_comments_are_told_from_docs() {
        let source = "//! in\n/// out\n//// rule\n/* a /* b */ c */ x";
        let kinds: Vec<_> = tokens(source)
            .iter()
            .map(|token| (token.kind, token.line))
            .collect();
        assert_eq!(
            kinds,
            [
                (Kind::Doc, 1),
                (Kind::Doc, 2),
                (Kind::Comment, 3),
                (Kind::Comment, 4),
                (Kind::Word, 4)
            ]
        );
    }

    #[test]
    fn lexer_lines_are_counted_through_blank_lines_and_strings() {
        let source = "a\n\n\n  \"x\ny\" b\n1..2 1.5";
        let lines: Vec<_> = tokens(source)
            .iter()
            .map(|token| (token.text, token.line))
            .collect();
        assert_eq!(
            lines,
            [
                ("a", 1),
                ("\"x\ny\"", 4),
                ("b", 5),
                ("1", 6),
                (".", 6),
                (".", 6),
                ("2", 6),
                ("1.5", 6)
            ]
        );
    }
}
