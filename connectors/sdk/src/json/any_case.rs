//! Deserializer that compares the names of fields without case, as SCIM does (RFC 7643, section
//! 2.1).
//!
//! It wraps the one of `serde_json` and renames a field that is known in another spelling, so that
//! a page is decoded in one pass. It refuses a list for an object, which serde would read by
//! position.

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use std::fmt;

/// Decodes JSON.
pub(super) fn decode<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(AnyCase::new(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// A deserializer, visitor or access, wrapped so that what is inside is wrapped as well.
struct AnyCase<T> {
    inner: T,
    /// The names of the fields of an object. `None`: a value that is not one.
    fields: Option<&'static [&'static str]>,
}

impl<T> AnyCase<T> {
    const fn new(inner: T) -> Self {
        Self {
            inner,
            fields: None,
        }
    }
}

macro_rules! unchanged {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )*};
}

macro_rules! wrapped {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(AnyCase::new(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AnyCase<D> {
    type Error = D::Error;

    unchanged! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }

    wrapped! { deserialize_any deserialize_option deserialize_seq deserialize_map }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = AnyCase {
            inner: visitor,
            fields: Some(fields),
        };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_newtype_struct(name, AnyCase::new(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(length, AnyCase::new(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_tuple_struct(name, length, AnyCase::new(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, visitor)
    }
}

macro_rules! visits {
    ($($method:ident: $type:ty)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for AnyCase<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visits! {
        visit_bool: bool
        visit_i64: i64
        visit_u64: u64
        visit_f64: f64
        visit_str: &str
        visit_borrowed_str: &'de str
        visit_string: String
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(AnyCase::new(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(AnyCase::new(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        match self.fields {
            Some(_) => Err(A::Error::custom(
                "invalid type: sequence, expected an object",
            )),
            None => self.inner.visit_seq(AnyCase::new(items)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(AnyCase {
            inner: members,
            fields: self.fields,
        })
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for AnyCase<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(AnyCase::new(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for AnyCase<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(AnyCase::new(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for AnyCase<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = NameSeed {
            inner: seed,
            fields: self.fields.unwrap_or_default(),
        };
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(AnyCase::new(seed))
    }
}

/// The seed of a name, which is decoded in the spelling of the field.
struct NameSeed<S> {
    inner: S,
    fields: &'static [&'static str],
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for NameSeed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for NameSeed<S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<S::Value, E> {
        let known = self
            .fields
            .iter()
            .find(|field| field.eq_ignore_ascii_case(name));
        let name: StrDeserializer<'_, E> = known.map_or(name, |field| *field).into_deserializer();
        self.inner.deserialize(name)
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use serde::Deserialize;
    use std::collections::HashMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct User {
        user_name: Option<String>,
        #[serde(default)]
        emails: Vec<Email>,
        name: Option<Email>,
        #[serde(default)]
        map: HashMap<String, u8>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Email {
        value: String,
    }

    #[test]
    fn names_are_found_in_any_case_at_any_depth() {
        let json = br#"{"USERNAME":"a","Emails":[{"Value":"b"},{"value":"c"}],"Name":{"VALUE":"d"},"map":{"Ab":1}}"#;
        let email = |value: &str| Email {
            value: value.into(),
        };
        assert_eq!(
            decode::<User>(json).unwrap(),
            User {
                user_name: Some("a".into()),
                emails: vec![email("b"), email("c")],
                name: Some(email("d")),
                map: [("Ab".to_owned(), 1)].into(),
            }
        );
    }

    #[test]
    fn list_is_not_read_as_an_object_by_position() {
        assert!(decode::<User>(br#"{"name":["a"]}"#).is_err());
        assert!(decode::<User>(br#"{"userName":"a","UserName":"b"}"#).is_err());
        assert!(decode::<User>(b"{} x").is_err());
    }
}
