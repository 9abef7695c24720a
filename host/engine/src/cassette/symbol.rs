//! Symbols of a text: its characters, with the escapes of JSON and of URLs decoded.

/// Symbol that one or more characters of a text stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// Character.
    Char(char),
    /// Byte of a character outside ASCII, percent-encoded.
    Byte(u8),
    /// Escape that occurs in no address, such as a line break written `\n`.
    Other,
}

impl Symbol {
    /// Returns true if a word of a local part can begin with the symbol.
    pub(super) fn begins_word(self) -> bool {
        match self {
            Self::Char(c) => c.is_alphanumeric() || c == '_',
            Self::Byte(_) => true,
            Self::Other => false,
        }
    }

    /// Returns true if the symbol can stand between the words of a local part.
    pub(super) fn joins_words(self) -> bool {
        matches!(self, Self::Char('.' | '-' | '+' | '\''))
    }

    /// Returns true if the symbol can be in a label of a domain.
    pub(super) fn is_in_label(self) -> bool {
        self == Self::Char('-') || (self != Self::Char('_') && self.begins_word())
    }

    /// Appends the decoded symbol to an address.
    pub(super) fn append_to(self, address: &mut Vec<u8>) {
        match self {
            Self::Char(c) => address.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Byte(byte) => address.push(byte),
            Self::Other => {}
        }
    }
}

/// Reads the symbol at an offset, and returns it with the offset of the next one.
///
/// Decodes the escapes of JSON and of URLs, also of a URL that is a parameter of another.
pub(super) fn read_symbol(text: &str, at: usize) -> Option<(Symbol, usize)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;

    let (symbol, length) = match first {
        '\\' => read_json_escape(rest),
        '%' => read_percent_escape(rest).unwrap_or((Symbol::Char('%'), 1)),
        c => (Symbol::Char(c), c.len_utf8()),
    };
    Some((symbol, at + length))
}

/// Reads the JSON escape at the beginning of a text, and returns it with its length.
fn read_json_escape(text: &str) -> (Symbol, usize) {
    if text.starts_with("\\u")
        && let Some(code) = read_hex(text, 2, 6)
    {
        // why: half of a surrogate pair has no character, and occurs in no address
        return (char::from_u32(code).map_or(Symbol::Other, Symbol::Char), 6);
    }

    let escaped = text.chars().nth(1).map_or(0, char::len_utf8);
    (Symbol::Other, 1 + escaped)
}

/// Reads the percent-encoded byte at the beginning of a text, and returns it with its length.
fn read_percent_escape(text: &str) -> Option<(Symbol, usize)> {
    let mut digits = 1;
    // why: a URL within a URL has its percent signs encoded again, as in `%2540`
    while text.get(digits..digits + 2) == Some("25") {
        digits += 2;
    }

    let byte = u8::try_from(read_hex(text, digits, digits + 2)?).ok()?;
    let symbol = if byte.is_ascii() {
        Symbol::Char(byte.into())
    } else {
        Symbol::Byte(byte)
    };
    Some((symbol, digits + 2))
}

fn read_hex(text: &str, from: usize, to: usize) -> Option<u32> {
    let digits = text.get(from..to)?;
    // why: `from_str_radix` also accepts a sign
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }

    u32::from_str_radix(digits, 16).ok()
}
