//! Parser of JSON that other programs would read although it is not quite JSON, into a tree.
//!
//! Used only for pages that do not decode otherwise. Invalid text, a name that is given twice, a
//! word such as `NaN` and nesting without end concern single values, which are marked. A missing
//! bracket or quotation mark concerns the whole page, which is refused: it may be cut off.

/// Depth below which a value is not read.
const MAX_DEPTH: usize = 100;

/// The comparison of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Upper and lower case differ, as in JSON.
    Exact,
    /// Upper and lower case are the same, as in SCIM.
    AnyCase,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The digits as written, so that a large number stays exact.
    Number(String),
    Text(Text),
    List(Vec<Self>),
    Object(Vec<Member>),
    /// No value of JSON. The text says why.
    Unreadable(String),
}

/// A text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// True if something in it was no text, and was replaced by U+FFFD.
    pub(crate) is_damaged: bool,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The value. Of several, the last one, as most parsers take it.
    pub(crate) value: Value,
    /// True if there were several that differ.
    pub(crate) is_contradicted: bool,
}

impl Names {
    /// True if two names are the same.
    pub(crate) fn equal(self, one: &str, other: &str) -> bool {
        match self {
            Self::Exact => one == other,
            Self::AnyCase => one.eq_ignore_ascii_case(other),
        }
    }
}

/// Parses a document. `None` if it is not complete, or not JSON.
pub(crate) fn parse(json: &[u8], names: Names) -> Option<Value> {
    let mut parser = Parser {
        rest: json,
        names,
        depth: 0,
    };
    let value = parser.value()?;
    parser.skip_space();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a [u8],
    names: Names,
    depth: usize,
}

impl Parser<'_> {
    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        match self.rest.first()? {
            b'{' | b'[' if self.depth >= MAX_DEPTH => self.skip_nested(),
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'"' => self.text().map(Value::Text),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: impl Fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.depth += 1;
        self.next_byte();
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Option<Value> {
        let mut members: Vec<Member> = Vec::new();
        if self.take(b'}') {
            return Some(Value::Object(members));
        }

        loop {
            self.skip_space();
            let name = self.text()?.text;
            if !self.take(b':') {
                return None;
            }
            let value = self.value()?;
            self.insert(&mut members, name, value);

            if self.take(b'}') {
                return Some(Value::Object(members));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn insert(&self, members: &mut Vec<Member>, name: String, value: Value) {
        let names = self.names;
        match members
            .iter_mut()
            .find(|each| names.equal(&each.name, &name))
        {
            Some(earlier) => {
                earlier.is_contradicted |= earlier.value != value;
                earlier.value = value;
            }
            None => members.push(Member {
                name,
                value,
                is_contradicted: false,
            }),
        }
    }

    fn list(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Some(Value::List(items));
        }

        loop {
            items.push(self.value()?);
            if self.take(b']') {
                return Some(Value::List(items));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Reads a number or a literal.
    fn word(&mut self) -> Option<Value> {
        let is_part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_') || *byte > 127
        };
        let length = self.rest.iter().take_while(|byte| is_part(byte)).count();
        let (word, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;

        let word = String::from_utf8_lossy(word).into_owned();
        let is_number = || {
            let digits = word.strip_prefix('-').unwrap_or(&word);
            digits.starts_with(|first: char| first.is_ascii_digit()) && word.parse::<f64>().is_ok()
        };
        Some(match word.as_str() {
            "" => return None,
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if is_number() => Value::Number(word),
            _ => Value::Unreadable(format!("{word} is not a value of JSON")),
        })
    }

    fn text(&mut self) -> Option<Text> {
        if self.next_byte()? != b'"' {
            return None;
        }
        let mut bytes = Vec::new();
        let mut is_damaged = false;
        loop {
            match self.next_byte()? {
                b'"' => break,
                b'\\' => match self.escape()? {
                    Some(character) => {
                        bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => {
                        is_damaged = true;
                        bytes.extend(REPLACEMENT.as_bytes());
                    }
                },
                byte => bytes.push(byte),
            }
        }

        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                is_damaged = true;
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        Some(Text { text, is_damaged })
    }

    /// Reads what follows a backslash. `Some(None)` if it is not a character, such as one half of a
    /// surrogate pair.
    fn escape(&mut self) -> Option<Option<char>> {
        Some(Some(match self.next_byte()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return Some(self.unicode_escape()),
            same @ (b'"' | b'\\' | b'/' | b'\'') => char::from(same),
            _ => return Some(None),
        }))
    }

    fn unicode_escape(&mut self) -> Option<char> {
        let unit = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }

        // The first half of a pair: without the second one it is no character.
        let before = self.rest;
        if self.rest.starts_with(b"\\u") {
            self.next_byte();
            self.next_byte();
            if let Some(low @ 0xdc00..0xe000) = self.hexadecimal() {
                return char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            }
        }
        self.rest = before;
        None
    }

    /// Reads four hexadecimal digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        let digits = std::str::from_utf8(digits).ok()?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.rest = rest;
        Some(number)
    }

    /// Skips a list or object without reading it.
    fn skip_nested(&mut self) -> Option<Value> {
        let mut open = 0_usize;
        loop {
            match self.rest.first()? {
                b'"' => drop(self.text()?),
                byte => {
                    match byte {
                        b'{' | b'[' => open += 1,
                        b'}' | b']' => open = open.saturating_sub(1),
                        _ => {}
                    }
                    self.next_byte();
                }
            }
            if open == 0 {
                return Some(Value::Unreadable("is nested too deeply".into()));
            }
        }
    }

    /// Skips space, and takes a byte if it follows.
    fn take(&mut self, wanted: u8) -> bool {
        self.skip_space();
        let follows = self.rest.first() == Some(&wanted);
        if follows {
            self.next_byte();
        }
        follows
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn next_byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }
}

/// Replacement of what is not a character.
const REPLACEMENT: &str = "\u{fffd}";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &[u8]) -> (String, bool) {
        match parse(json, Names::Exact) {
            Some(Value::Text(Text { text, is_damaged })) => (text, is_damaged),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn valid_json_is_read_as_others_read_it() {
        let json = r#" {"a":[1,-2.5e3,true,null,{}],"b":"\u00fc\ud83d\ude00\n\"\\\/","c":[]} "#;
        let Some(Value::Object(members)) = parse(json.as_bytes(), Names::Exact) else {
            panic!("not read")
        };
        assert_eq!(members.len(), 3);
        let expected = [
            Value::Number("1".into()),
            Value::Number("-2.5e3".into()),
            Value::Bool(true),
            Value::Null,
            Value::Object(vec![]),
        ];
        assert_eq!(members[0].value, Value::List(expected.to_vec()));
        assert!(matches!(&members[1].value, Value::Text(text) if text.text == "ü😀\n\"\\/"));
    }

    #[test]
    fn text_that_is_damaged_is_marked() {
        for json in [
            &br#""a\ud800""#[..],
            br#""a\udc00""#,
            b"\"a\xff\"",
            br#""a\x""#,
        ] {
            assert!(text(json).1, "{json:?}");
        }
        assert_eq!(text(br#""\ud800\u0041""#), ("\u{fffd}A".into(), true));
        assert_eq!(text(b"\"a\0b\"").0, "a\0b");
    }

    #[test]
    fn name_given_twice_keeps_the_last_value() {
        let read = |json: &str, names| match parse(json.as_bytes(), names) {
            Some(Value::Object(members)) => members,
            other => panic!("{other:?}"),
        };
        let members = read(r#"{"a":1,"b":2,"a":3}"#, Names::Exact);
        assert_eq!((members.len(), members[0].is_contradicted), (2, true));
        assert_eq!(members[0].value, Value::Number("3".into()));
        assert!(!read(r#"{"a":1,"a":1}"#, Names::Exact)[0].is_contradicted);
        assert_eq!(read(r#"{"a":1,"A":2}"#, Names::Exact).len(), 2);
        assert_eq!(read(r#"{"a":1,"A":2}"#, Names::AnyCase).len(), 1);
    }

    #[test]
    fn value_that_is_not_json_is_marked_and_the_others_are_kept() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for odd in [
            "NaN",
            "undefined",
            "True",
            "1.2.3",
            "007x",
            "0x1f",
            deep.as_str(),
        ] {
            let json = format!(r#"[{odd}, "]"]"#);
            let Some(Value::List(items)) = parse(json.as_bytes(), Names::Exact) else {
                panic!("{odd} is not read")
            };
            assert_eq!(items.len(), 2);
            let is_marked = matches!(items[0], Value::Unreadable(_) | Value::List(_));
            assert!(is_marked, "{odd}");
        }
    }

    #[test]
    fn document_that_is_cut_off_is_refused() {
        for json in [
            "",
            " ",
            "{",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,}",
            "\"a",
            "\"a\\",
            "\"a\\u12",
            "[1] x",
            "[1 2]",
            "{a:1}",
            "[\"a\\u00",
        ] {
            assert_eq!(parse(json.as_bytes(), Names::Exact), None, "{json}");
        }
    }
}
