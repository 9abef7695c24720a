//! Paths that a file names within its own crate.

use super::lexer::{Kind, Token};
use super::product::closing;

/// A path from the root of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Segments without the leading `crate`. A last `*` imports everything.
    pub(crate) segments: Vec<String>,
    /// The name it is known by in the file: the last segment, unless it is renamed.
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) origin: Origin,
}

/// The place of a path in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A `use` declaration.
    Use,
    /// A `use` declaration with a visibility, which names the item anew for others.
    Reexport,
    /// An expression, a type or a macro.
    Code,
}

/// Returns the paths of a file at `module`, whose `children` are modules with files of their own.
pub(crate) fn paths(code: &[Token<'_>], module: &[String], children: &[String]) -> Vec<Path> {
    let mut reader = Reader {
        code,
        module: module.to_vec(),
        children,
        inline: Vec::new(),
        found: Vec::new(),
    };
    reader.read();
    reader.found
}

struct Reader<'t, 'a> {
    code: &'t [Token<'a>],
    /// The current module, inline ones included.
    module: Vec<String>,
    children: &'t [String],
    /// Indices of the closing braces of the inline modules around the current token.
    inline: Vec<usize>,
    found: Vec<Path>,
}

impl Reader<'_, '_> {
    fn text(&self, at: usize) -> &str {
        self.code.get(at).map_or("", |token| token.text)
    }

    fn is_word(&self, at: usize) -> bool {
        self.code
            .get(at)
            .is_some_and(|token| token.kind == Kind::Word)
    }

    fn is_separator(&self, at: usize) -> bool {
        self.text(at) == ":" && self.text(at + 1) == ":"
    }

    fn read(&mut self) {
        let mut at = 0;
        while at < self.code.len() {
            while self.inline.last().is_some_and(|end| at > *end) {
                self.inline.pop();
                self.module.pop();
            }

            at = match self.text(at) {
                "mod" if self.text(at + 2) == "{" => self.enter(at),
                "use" if self.text(at + 1) != "<" => self.declaration(at),
                _ if self.begins_path(at) => self.expression(at),
                _ => at + 1,
            };
        }
    }

    fn enter(&mut self, at: usize) -> usize {
        if let Some(end) = closing(self.code, at + 2) {
            let name = self.text(at + 1).to_owned();
            self.module.push(name);
            self.inline.push(end);
        }
        at + 3
    }

    /// Reads `use a::{b, c as d};` and returns the index after it.
    fn declaration(&mut self, at: usize) -> usize {
        // A visibility is `pub` or ends with the parenthesis of `pub(crate)`.
        let before = at.checked_sub(1).map_or("", |before| self.text(before));
        let origin = if matches!(before, "pub" | ")") {
            Origin::Reexport
        } else {
            Origin::Use
        };
        self.tree(at + 1, &[], origin)
    }

    /// Reads one tree of a `use` declaration below `prefix`, and returns the index after it.
    fn tree(&mut self, mut at: usize, prefix: &[String], origin: Origin) -> usize {
        let mut segments = prefix.to_vec();
        loop {
            match self.text(at) {
                ":" => at += 1,
                "{" => {
                    at += 1;
                    while !matches!(self.text(at), "}" | "") {
                        at = self.tree(at, &segments, origin);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1;
                }
                "*" => {
                    segments.push("*".to_owned());
                    at += 1;
                }
                "as" => {
                    let name = self.text(at + 1).to_owned();
                    self.add(&segments, name, at, origin);
                    return at + 2;
                }
                word if self.is_word(at) => {
                    segments.push(word.to_owned());
                    at += 1;
                }
                _ => {
                    let name = segments.last().cloned().unwrap_or_default();
                    self.add(&segments, name, at.saturating_sub(1), origin);
                    return at;
                }
            }
        }
    }

    fn begins_path(&self, at: usize) -> bool {
        let word = self.text(at);
        let is_start = matches!(word, "crate" | "super" | "self")
            || self.children.iter().any(|child| child == word);
        let before = |back: usize| at.checked_sub(back).map_or("", |index| self.text(index));
        let goes_on = before(1) == ":" && before(2) == ":";
        // `pub(in crate::a)` names a module without using it.
        let is_visibility = before(1) == "in" && before(2) == "(";
        is_start && self.is_word(at) && self.is_separator(at + 1) && !goes_on && !is_visibility
    }

    /// Reads a path in code and returns the index after it.
    fn expression(&mut self, at: usize) -> usize {
        let mut segments = vec![self.text(at).to_owned()];
        let mut end = at + 1;
        while self.is_separator(end) && self.is_word(end + 2) {
            segments.push(self.text(end + 2).to_owned());
            end += 3;
        }
        let name = segments.last().cloned().unwrap_or_default();
        self.add(&segments, name, at, Origin::Code);
        end
    }

    /// Adds a path if it leads into the crate.
    fn add(&mut self, segments: &[String], mut name: String, at: usize, origin: Origin) {
        let mut module = self.module.clone();
        let mut rest = segments;
        let mut relative = false;
        while let Some((first, tail)) = rest.split_first() {
            match first.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()),
                child if relative || self.is_child(child) => break,
                _ => return,
            }
            relative = true;
            rest = tail;
        }

        // `use a::{self}` names the module.
        let rest: Vec<_> = rest
            .iter()
            .filter(|word| *word != "self")
            .cloned()
            .collect();
        if name == "self" {
            name = rest.last().cloned().unwrap_or_default();
        }
        module.extend(rest);
        self.found.push(Path {
            segments: module,
            name,
            line: self.code.get(at).map_or(0, |token| token.line),
            origin,
        });
    }

    /// True if a path may begin with this name, in the file's own module.
    fn is_child(&self, name: &str) -> bool {
        self.inline.is_empty() && self.children.iter().any(|child| child == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::tokens;

    fn found(source: &str) -> Vec<(String, String, Origin)> {
        let module = ["run".to_owned(), "page".to_owned()];
        let children = ["child".to_owned()];
        paths(&tokens(source), &module, &children)
            .into_iter()
            .map(|path| (path.segments.join("::"), path.name, path.origin))
            .collect()
    }

    fn path(segments: &str, name: &str, origin: Origin) -> (String, String, Origin) {
        (segments.to_owned(), name.to_owned(), origin)
    }

    #[test]
    fn paths_of_declarations_are_expanded() {
        let source = "use crate::a::{self, b::{C as D, E}, *}; use super::stream::S;
                      pub(crate) use child::X; use std::fmt; use serde::{Serialize, de::Error};";
        assert_eq!(
            found(source),
            [
                path("a", "a", Origin::Use),
                path("a::b::C", "D", Origin::Use),
                path("a::b::E", "E", Origin::Use),
                path("a::*", "*", Origin::Use),
                path("run::stream::S", "S", Origin::Use),
                path("run::page::child::X", "X", Origin::Reexport),
            ]
        );
    }

    #[test]
    fn paths_in_code_count_like_declarations() {
        let source = "pub(in crate::x) fn f() -> crate::y::Z { child::go(); other::go(); }
                      mod inner { fn g() { super::h(); } }";
        assert_eq!(
            found(source),
            [
                path("y::Z", "Z", Origin::Code),
                path("run::page::child::go", "go", Origin::Code),
                path("run::page::h", "h", Origin::Code),
            ]
        );
    }
}
