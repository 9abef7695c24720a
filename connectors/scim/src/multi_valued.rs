//! Values of a multi-valued attribute (RFC 7643, section 2.4), as an object or as the bare value.

use purser_sdk::prelude::*;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// Fields of an object. The deserializer compares names with these.
const FIELDS: &[&str] = &["value", "primary"];

/// One value.
pub(crate) struct MultiValued {
    value: Option<String>,
    primary: Option<bool>,
}

#[derive(Deserialize)]
struct Fields {
    value: Option<String>,
    primary: Option<bool>,
}

impl MultiValued {
    pub(crate) fn email(self) -> Option<Email> {
        Some(Email {
            address: self.value?,
            primary: self.primary == Some(true),
        })
    }
}

/// Returns the values of an attribute.
pub(crate) fn values(of: Option<&[MultiValued]>) -> impl Iterator<Item = &str> {
    of.into_iter()
        .flatten()
        .filter_map(|each| each.value.as_deref())
}

impl<'de> Deserialize<'de> for MultiValued {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("MultiValued", FIELDS, MultiValuedVisitor)
    }
}

struct MultiValuedVisitor;

impl<'de> Visitor<'de> for MultiValuedVisitor {
    type Value = MultiValued;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a value, or the value")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<MultiValued, A::Error> {
        let Fields { value, primary } = Fields::deserialize(MapAccessDeserializer::new(members))?;
        Ok(MultiValued { value, primary })
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<MultiValued, E> {
        Ok(MultiValued {
            value: Some(value.to_owned()),
            primary: None,
        })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<MultiValued, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<MultiValued, E> {
        self.visit_str(&value.to_string())
    }
}
