//! Functions and types among tokens.

use super::lexer::{Kind, Token};
use super::product::closing;

/// A function with a body.
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// Line of the word `fn`.
    pub(crate) line: usize,
    /// Line of the body's opening brace.
    pub(crate) opens: usize,
    /// Line of the body's closing brace.
    pub(crate) closes: usize,
}

impl Function<'_> {
    /// Lines from `fn` to the closing brace.
    pub(crate) const fn lines(&self) -> usize {
        self.closes - self.line + 1
    }
}

/// Returns the functions among tokens without comments, nested ones included.
pub(crate) fn functions<'a>(code: &[Token<'a>]) -> Vec<Function<'a>> {
    let starts = code.windows(2).enumerate();
    starts
        .filter_map(|(at, pair)| match pair {
            [keyword, name] if keyword.text == "fn" && name.kind == Kind::Word => {
                function(code, at, name.text)
            }
            _ => None,
        })
        .collect()
}

fn function<'a>(code: &[Token<'a>], at: usize, name: &'a str) -> Option<Function<'a>> {
    let mut depth = 0_usize;
    for (index, token) in code.iter().enumerate().skip(at) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return None,
            "{" if depth == 0 => {
                return Some(Function {
                    name,
                    line: code.get(at)?.line,
                    opens: token.line,
                    closes: code.get(closing(code, index)?)?.line,
                });
            }
            _ => {}
        }
    }
    None
}

/// A name that a file defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Definition<'a> {
    pub(crate) name: &'a str,
    pub(crate) line: usize,
    pub(crate) is_type: bool,
    /// True if the definition is compiled on some targets only.
    pub(crate) is_conditional: bool,
}

/// Returns the names that a file defines, associated types of traits left out.
pub(crate) fn definitions<'a>(code: &[Token<'a>]) -> Vec<Definition<'a>> {
    let mut found = Vec::new();
    // True for each open brace that belongs to a trait or an implementation.
    let mut braces = Vec::new();
    let mut in_header = false;
    for (at, token) in code.iter().enumerate() {
        match token.text {
            "{" => braces.push(std::mem::take(&mut in_header)),
            "}" => drop(braces.pop()),
            ";" => in_header = false,
            "impl" | "trait" => in_header = true,
            _ => {}
        }

        let is_associated = braces.last() == Some(&true);
        let is_type = match token.text {
            "struct" | "enum" | "union" | "trait" => true,
            "type" => !is_associated,
            "fn" | "const" | "static" | "macro_rules" => false,
            _ => continue,
        };
        if token.text == "type" && is_associated {
            continue;
        }
        if let Some(name) = defined_name(code, at) {
            found.push(Definition {
                name: name.text,
                line: name.line,
                is_type,
                is_conditional: is_conditional(code, at),
            });
        }
    }
    found
}

/// True if a `cfg` attribute precedes the item whose keyword is at `at`.
fn is_conditional(code: &[Token<'_>], at: usize) -> bool {
    let before = code.get(..at).unwrap_or_default().iter().rev();
    before
        .take_while(|token| !matches!(token.text, ";" | "{" | "}"))
        .any(|token| token.text == "cfg")
}

/// Returns the name after a keyword, if the keyword defines one.
fn defined_name<'t, 'a>(code: &'t [Token<'a>], at: usize) -> Option<&'t Token<'a>> {
    let mut after = code.get(at + 1..)?.iter();
    let name = match code.get(at)?.text {
        "macro_rules" => after.nth(1)?,
        _ => after.next()?,
    };
    let follows = after.next().map_or("", |token| token.text);

    let is_name = name.kind == Kind::Word
        && !matches!(name.text, "fn" | "unsafe" | "async" | "mut" | "extern");
    // `union` is a name elsewhere, as in a call.
    let is_union = code.get(at)?.text != "union" || matches!(follows, "{" | "<" | "where");
    (is_name && is_union).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::tokens;

    #[test]
    fn items_functions_have_their_lines() {
        let code = tokens("fn a(x: [u8; 2]) -> u8 {\n  1\n}\ntrait T { fn b(&self); }\n");
        let found = functions(&code);
        let [a] = found.as_slice() else {
            panic!("one function with a body")
        };
        assert_eq!((a.name, a.lines(), a.opens, a.closes), ("a", 3, 1, 3));
    }

    #[test]
    fn items_definitions_leave_out_associated_types() {
        let code = tokens(
            "struct A; impl T for A { type Err = B; fn f() {} } type C = u8; const fn d() {}
             trait E { type F; } fn g(union: u8) {} union H { a: u8 }",
        );
        let types: Vec<_> = definitions(&code)
            .into_iter()
            .filter(|definition| definition.is_type)
            .map(|definition| definition.name)
            .collect();
        assert_eq!(types, ["A", "C", "E", "H"]);
    }
}
