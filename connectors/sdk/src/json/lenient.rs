//! Deserializer of a tree that reads a value of an unusual type by its only possible meaning.
//!
//! | wanted | read as well |
//! |---|---|
//! | text | a number, by its digits; true or false, if the text is optional |
//! | true or false | `"true"`, `"False"`, `"yes"`, `"no"`, 1, 0 |
//! | a number | its digits as text |
//! | a list | a single value, as a list of it; null, as an empty list |
//! | a single value | a list of exactly one |
//!
//! A text that is required, such as an id, is read strictly: a whole number is one, and nothing
//! else. Lists and single values are exchanged only within a row, as a list of rows that is not a
//! list must not pass for a short one.

use super::tree::{Member, Names, Text, Value};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use std::cell::{Cell, RefCell};
use std::fmt;

/// Name under which a row asks for its tree.
const RAW_ROW: &str = "$purser_sdk::RawRow";

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static RAW: Cell<Option<RawRow>> = const { Cell::new(None) };
}

/// True while a tree is decoded.
pub(crate) fn is_active() -> bool {
    ACTIVE.get()
}

/// Decodes a document that is not a row.
///
/// # Errors
/// A sentence that begins with the path of the field.
pub(crate) fn decode<'de, T: Deserialize<'de>>(tree: &Value, names: Names) -> Result<T, String> {
    attempt(tree, names, false)
        .map(|(value, _)| value)
        .map_err(|failed| failed.sentence())
}

/// Decodes a tree once. Returns the value and the warnings of damaged fields.
pub(super) fn attempt<'de, T: Deserialize<'de>>(
    tree: &Value,
    names: Names,
    is_row: bool,
) -> Result<(T, Vec<String>), DecodeError> {
    let context = Context {
        names,
        is_row,
        path: RefCell::default(),
        warnings: RefCell::default(),
    };
    let before = ACTIVE.replace(true);
    let decoded = T::deserialize(Node::new(tree, &context));
    ACTIVE.set(before);
    Ok((decoded?, context.warnings.into_inner()))
}

/// The tree of a row, to be decoded by itself.
#[derive(Debug)]
pub(crate) struct RawRow {
    pub(super) tree: Value,
    pub(super) names: Names,
}

/// One step from a value to a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Field(String),
    Index(usize),
}

/// The reason why a tree was not decoded, with the place.
#[derive(Debug)]
pub(super) struct DecodeError {
    pub(super) reason: String,
    /// The path of the value. Absent until the error leaves the value.
    path: Option<Vec<Segment>>,
}

impl DecodeError {
    /// Returns the path of the value. Empty: the document itself.
    pub(super) fn path(&self) -> &[Segment] {
        self.path.as_deref().unwrap_or_default()
    }

    /// Returns the reason after the path of the field.
    pub(super) fn sentence(&self) -> String {
        match self.path() {
            [] => self.reason.clone(),
            path => format!("{}: {}", field_of(path), self.reason),
        }
    }
}

/// Formats a path, such as `items[3].name`.
pub(super) fn field_of(path: &[Segment]) -> String {
    let mut field = String::new();
    for segment in path {
        match segment {
            Segment::Index(index) => field.push_str(&format!("[{index}]")),
            Segment::Field(name) if field.is_empty() => field.push_str(name),
            Segment::Field(name) => field.push_str(&format!(".{name}")),
        }
    }
    field
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for DecodeError {}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            reason: message.to_string(),
            path: None,
        }
    }
}

/// The state of one decoding.
struct Context {
    names: Names,
    /// True within a row, and false in the list around it.
    is_row: bool,
    /// The path of the value that is decoded.
    path: RefCell<Vec<Segment>>,
    warnings: RefCell<Vec<String>>,
}

impl Context {
    fn warn(&self, what: &str) {
        let field = field_of(&self.path.borrow());
        self.warnings.borrow_mut().push(format!("{field}: {what}"));
    }

    /// Decodes a value inside another one.
    fn within<T>(
        &self,
        segment: Segment,
        decode: impl FnOnce() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.path.borrow_mut().push(segment);
        let decoded = decode().map_err(|mut failed| {
            failed
                .path
                .get_or_insert_with(|| self.path.borrow().clone());
            failed
        });
        self.path.borrow_mut().pop();
        decoded
    }
}

/// A value with its place.
#[derive(Clone, Copy)]
struct Node<'v> {
    value: &'v Value,
    context: &'v Context,
    /// True if the value may be absent.
    is_optional: bool,
    /// True if the name was given with another value before.
    is_contradicted: bool,
}

impl<'v> Node<'v> {
    const fn new(value: &'v Value, context: &'v Context) -> Self {
        Self {
            value,
            context,
            is_optional: false,
            is_contradicted: false,
        }
    }

    /// Takes note of a name that was given with several values. The last one counts.
    fn settle(mut self) -> Self {
        if self.is_contradicted && self.context.is_row {
            self.context
                .warn("is given more than once, and the last value was taken");
        }
        self.is_contradicted = false;
        self
    }

    /// Returns the only item of a list, or the value itself.
    fn single(self) -> Self {
        match self.value {
            Value::List(items) if self.context.is_row => match items.as_slice() {
                [only] => Self {
                    value: only,
                    ..self
                },
                _ => self,
            },
            _ => self,
        }
    }

    fn invalid(self, visitor: &dyn serde::de::Expected) -> DecodeError {
        let unexpected = match self.value {
            Value::Null => Unexpected::Other("null"),
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(digits) => match digits.parse() {
                Ok(number) => Unexpected::Signed(number),
                Err(_) => Unexpected::Other(digits),
            },
            Value::Text(Text { text, .. }) => Unexpected::Str(text),
            Value::List(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
            Value::Unreadable(reason) => return DecodeError::custom(reason),
        };
        DecodeError::invalid_type(unexpected, visitor)
    }

    /// Returns the text of a value where a text is wanted.
    fn text(self, visitor: &dyn serde::de::Expected) -> Result<String, DecodeError> {
        match self.value {
            Value::Text(Text {
                text,
                is_damaged: false,
            }) => Ok(text.clone()),
            Value::Text(Text { text, .. }) if self.is_optional => {
                self.context
                    .warn("has bytes that are not text, which were replaced");
                Ok(text.clone())
            }
            Value::Text(_) => Err(DecodeError::custom("has bytes that are not text")),
            Value::Number(digits) if self.is_optional || is_whole(digits) => Ok(digits.clone()),
            Value::Bool(value) if self.is_optional => Ok(value.to_string()),
            _ => Err(self.invalid(visitor)),
        }
    }

    fn boolean(self) -> Option<bool> {
        let word = match self.value {
            Value::Bool(value) => return Some(*value),
            Value::Number(digits) => digits.as_str(),
            Value::Text(Text { text, .. }) => text.trim(),
            _ => return None,
        };
        let is_one_of = |words: &[&str]| words.iter().any(|each| each.eq_ignore_ascii_case(word));
        if is_one_of(&["true", "yes", "1"]) {
            return Some(true);
        }
        is_one_of(&["false", "no", "0"]).then_some(false)
    }

    fn visit_number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let digits = match self.value {
            Value::Number(digits) => digits.as_str(),
            Value::Text(Text { text, .. }) => text.trim(),
            _ => return Err(self.invalid(&visitor)),
        };
        if let Ok(number) = digits.parse::<u64>() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = digits.parse::<i64>() {
            return visitor.visit_i64(number);
        }

        match digits.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 && number.abs() < EXACT =>
            {
                #[allow(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
                visitor.visit_i64(number as i64)
            }
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => Err(self.invalid(&visitor)),
        }
    }

    fn visit_list<'de, V: Visitor<'de>>(
        self,
        items: &[Value],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(Items {
            items: items.iter().enumerate(),
            context: self.context,
            is_wrapped: false,
        })
    }

    fn visit_object<'de, V: Visitor<'de>>(
        self,
        members: &[Member],
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_map(self.members(members, fields))
    }

    fn members<'m>(self, members: &'m [Member], fields: &'static [&'static str]) -> Members<'m>
    where
        'v: 'm,
    {
        Members {
            members: members.iter(),
            value: None,
            fields,
            context: self.context,
        }
    }
}

/// The number from which a floating-point number is no longer exact: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// True if the digits are those of a whole number, written plainly.
fn is_whole(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let is_padded = digits.len() > 1 && digits.starts_with('0');
    !is_padded && digits.bytes().all(|byte| byte.is_ascii_digit())
}

macro_rules! as_number {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            self.settle().single().visit_number(visitor)
        }
    )*};
}

macro_rules! as_text {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            if self.is_contradicted && !self.is_optional {
                return Err(DecodeError::custom("is given more than once, with different values"));
            }
            let text = self.settle().single().text(&visitor)?;
            visitor.visit_string(text)
        }
    )*};
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = DecodeError;

    as_number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    as_text! {
        deserialize_str deserialize_string deserialize_char deserialize_bytes deserialize_byte_buf
        deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let node = self.settle();
        match node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => node.visit_number(visitor),
            Value::Text(_) => visitor.visit_string(node.text(&"text")?),
            Value::List(items) => node.visit_list(items, visitor),
            Value::Object(members) => node.visit_object(members, &[], visitor),
            Value::Unreadable(_) => Err(node.invalid(&visitor)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let node = self.settle().single();
        match node.boolean() {
            Some(value) => visitor.visit_bool(value),
            None => Err(node.invalid(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(Self {
                is_optional: true,
                ..self
            }),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        // why: of two lists of rows, neither can be left out
        if self.is_contradicted && !self.context.is_row {
            return Err(DecodeError::custom(
                "is given more than once, with different values",
            ));
        }
        let node = self.settle();
        match node.value {
            Value::List(items) => node.visit_list(items, visitor),
            _ if !node.context.is_row => Err(node.invalid(&visitor)),
            Value::Null => node.visit_list(&[], visitor),
            Value::Text(Text { text, .. }) if text.is_empty() => node.visit_list(&[], visitor),
            Value::Unreadable(_) => Err(node.invalid(&visitor)),
            only => visitor.visit_seq(Items {
                items: std::slice::from_ref(only).iter().enumerate(),
                context: node.context,
                is_wrapped: true,
            }),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let node = self.settle().single();
        match node.value {
            Value::Object(members) => node.visit_object(members, fields, visitor),
            Value::Null if node.context.is_row => node.visit_object(&[], fields, visitor),
            // why: some types take a text for an object, such as an address for its entry
            Value::Text(_) | Value::Number(_) | Value::Bool(_) => node.deserialize_any(visitor),
            _ => Err(node.invalid(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let node = self.settle().single();
        if let Value::Object(members) = node.value {
            return visitor.visit_enum(MapAccessDeserializer::new(node.members(members, &[])));
        }

        let text = node.text(&"text")?;
        let in_any_case = variants
            .iter()
            .find(|each| each.eq_ignore_ascii_case(&text));
        let is_exact = variants.contains(&text.as_str());
        let name = in_any_case
            .filter(|_| !is_exact)
            .map_or(text.clone(), |name| (*name).to_owned());
        let name: StringDeserializer<DecodeError> = name.into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name != RAW_ROW {
            return visitor.visit_newtype_struct(self);
        }
        RAW.set(Some(RawRow {
            tree: self.value.clone(),
            names: self.context.names,
        }));
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }
}

/// The items of a list.
struct Items<'v> {
    items: std::iter::Enumerate<std::slice::Iter<'v, Value>>,
    context: &'v Context,
    /// True if the list was made of a single value, which the path of an item then names.
    is_wrapped: bool,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some((index, value)) = self.items.next() else {
            return Ok(None);
        };
        let node = Node::new(value, self.context);
        if self.is_wrapped {
            return seed.deserialize(node).map(Some);
        }
        let item = || seed.deserialize(node).map(Some);
        self.context.within(Segment::Index(index), item)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The members of an object.
struct Members<'v> {
    members: std::slice::Iter<'v, Member>,
    /// The member whose name was read.
    value: Option<&'v Member>,
    /// The names that are known.
    fields: &'static [&'static str],
    context: &'v Context,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        self.value = self.members.next();
        let Some(member) = self.value else {
            return Ok(None);
        };

        let names = self.context.names;
        let known = self
            .fields
            .iter()
            .find(|field| names.equal(field, &member.name));
        let name: StrDeserializer<'_, DecodeError> = known
            .map_or(member.name.as_str(), |name| *name)
            .into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        let Some(member) = self.value.take() else {
            return Err(DecodeError::custom("a value was read before its name"));
        };
        let node = Node {
            is_contradicted: member.is_contradicted,
            ..Node::new(&member.value, self.context)
        };
        let segment = Segment::Field(member.name.clone());
        self.context.within(segment, || seed.deserialize(node))
    }
}

impl<'de> Deserialize<'de> for RawRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_ROW, RawRowVisitor)
    }
}

struct RawRowVisitor;

impl Visitor<'_> for RawRowVisitor {
    type Value = RawRow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<RawRow, E> {
        RAW.take()
            .ok_or_else(|| E::custom("rows cannot be part of a flattened structure"))
    }
}
