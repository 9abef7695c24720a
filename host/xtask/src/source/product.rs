//! The tokens of a file without those of its tests.

use super::lexer::{Kind, Token, tokens};

/// A file's tokens without items behind `#[cfg(test)]`, and the test modules it declares.
pub(crate) struct Product<'a> {
    /// All tokens but those of tests, comments included.
    pub(crate) tokens: Vec<Token<'a>>,
    /// Names of modules that are declared for tests alone.
    pub(crate) test_modules: Vec<&'a str>,
}

impl<'a> Product<'a> {
    /// Splits a file into tokens and leaves out its tests.
    pub(crate) fn of_text(text: &'a str) -> Self {
        let all = tokens(text);
        let mut product = Self {
            tokens: Vec::with_capacity(all.len()),
            test_modules: Vec::new(),
        };

        let mut at = 0;
        while let Some(token) = all.get(at) {
            match test_attribute(&all, at) {
                Some(after) => at = product.skip_item(&all, after),
                None => {
                    product.tokens.push(*token);
                    at += 1;
                }
            }
        }
        product
    }

    /// Skips the item that begins at `at`, notes a test module's name, and returns the item's end.
    fn skip_item(&mut self, all: &[Token<'a>], mut at: usize) -> usize {
        // A declaration such as `use` goes on after its braces, up to the semicolon.
        let mut declaration = false;
        let mut depth = 0_usize;
        let mut words = Vec::new();
        while let Some(token) = all.get(at) {
            at += 1;
            match token.text {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && !declaration {
                        return at;
                    }
                }
                ";" if depth == 0 => {
                    if let ["mod", name] = words.as_slice() {
                        self.test_modules.push(name);
                    }
                    return at;
                }
                "use" | "static" | "type" if depth == 0 => declaration = true,
                "pub" => {}
                text if depth == 0 && token.kind == Kind::Word => words.push(text),
                _ => {}
            }
        }
        at
    }
}

/// Returns the index after an attribute that confines what follows to tests, if one is at `at`.
fn test_attribute(all: &[Token<'_>], at: usize) -> Option<usize> {
    let text = |index: usize| all.get(index).map(|token| token.text);
    if text(at) != Some("#") || text(at + 1) != Some("[") {
        return None;
    }

    let end = closing(all, at + 1)?;
    let words: Vec<_> = all
        .get(at..end)?
        .iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.text)
        .collect();
    let is_test = match words.as_slice() {
        ["cfg", rest @ ..] => rest.contains(&"test") && !rest.contains(&"not"),
        words => words.last() == Some(&"test"),
    };
    is_test.then_some(end + 1)
}

/// Returns the index of the bracket that closes the one at `open`.
pub(crate) fn closing(all: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in all.iter().enumerate().skip(open) {
        if token.kind != Kind::Symbol {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_test_items_are_left_out() {
        let source = "
            fn kept() {}
            #[cfg(test)] #[allow(dead_code)] mod tests { fn gone() { if x { y } } }
            #[cfg(test)] use a::{b, c};
            #[cfg(all(test, unix))] mod fixtures;
            #[cfg(not(test))] fn also_kept() {}
            #[tokio::test] async fn gone_too() {}
            struct Last;
        ";
        let product = Product::of_text(source);
        let words: Vec<_> = product
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text)
            .collect();

        assert!(words.contains(&"kept") && words.contains(&"also_kept"));
        assert!(!words.contains(&"gone") && !words.contains(&"gone_too"));
        assert!(!words.contains(&"a") && words.ends_with(&["struct", "Last"]));
        assert_eq!(product.test_modules, ["fixtures"]);
    }
}
