//! Rows of a page as a cassette compares them: a digest of each field, not its value.

use purser_model::{Digest, Page, Records, RejectedRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Length of a field's digest in a cassette, in characters: enough to tell two values apart.
const DIGEST_LENGTH: usize = 8;

/// Record or rejected row as it is recorded.
///
/// In a cassette it is one text, such as `emails:1f0c33a9,status:77b2e0d4 u1`: the digests of the
/// fields, a space, and the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(super) struct RowDigest {
    /// Identity within the page, with e-mail addresses replaced.
    pub(super) row: String,
    /// Digests of the fields that have a value, by name.
    pub(super) fields: BTreeMap<String, String>,
}

/// Record or rejected row with its values, for a person who looks for a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageRow {
    /// Identity within the page.
    pub(super) row: String,
    /// Fields that have a value, by name.
    pub(super) fields: BTreeMap<String, Value>,
}

impl From<String> for RowDigest {
    /// Reads a text of any form: one that was damaged differs from every row.
    fn from(text: String) -> Self {
        let (fields, row) = text.split_once(' ').unwrap_or(("", &text));
        let fields = fields.split(',').filter_map(|field| field.split_once(':'));

        Self {
            row: row.to_owned(),
            fields: fields
                .map(|(name, digest)| (name.to_owned(), digest.to_owned()))
                .collect(),
        }
    }
}

impl From<RowDigest> for String {
    fn from(RowDigest { row, fields }: RowDigest) -> Self {
        let fields = fields
            .iter()
            .map(|(name, digest)| format!("{name}:{digest}"));
        let fields: Vec<_> = fields.collect();
        format!("{} {row}", fields.join(","))
    }
}

impl PageRow {
    /// Returns the rows of a page, each text replaced by what `text` makes of it.
    pub(super) fn of_page(page: &Page, mut text: impl FnMut(&str) -> String) -> Vec<Self> {
        let rejected = page.rejected.iter().map(Self::of_rejected);
        let mut rows: Vec<_> = records(&page.records).chain(rejected).collect();

        for row in &mut rows {
            row.row = text(&row.row);
            for value in row.fields.values_mut() {
                replace(value, &mut text);
            }
        }
        rows
    }

    /// Returns the digests of the fields.
    pub(super) fn digest(&self) -> RowDigest {
        let fields = self.fields.iter();

        RowDigest {
            row: self.row.clone(),
            fields: fields
                .map(|(name, value)| (name.clone(), digest(value)))
                .collect(),
        }
    }

    fn of_record(row: String, record: &impl Serialize) -> Self {
        let fields = match serde_json::to_value(record) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let has_value = |value: &Value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };

        Self {
            row,
            fields: fields
                .into_iter()
                .filter(|(_, value)| has_value(value))
                .collect(),
        }
    }

    /// Returns a rejected row. Its reason is left out, because a later version may word it better.
    fn of_rejected(rejected: &RejectedRow) -> Self {
        Self {
            row: format!("rejected {}", rejected.row),
            fields: BTreeMap::new(),
        }
    }
}

fn records(records: &Records) -> impl Iterator<Item = PageRow> {
    let rows: Vec<_> = match records {
        Records::Accounts(rows) => rows
            .iter()
            .map(|row| PageRow::of_record(row.id.clone(), row))
            .collect(),
        Records::Activity(rows) => rows
            .iter()
            .map(|row| {
                let product = row.product.iter().map(|product| format!(" {product}"));
                PageRow::of_record(row.account.clone() + &product.collect::<String>(), row)
            })
            .collect(),
        Records::Products(rows) => rows
            .iter()
            .map(|row| PageRow::of_record(row.id.clone(), row))
            .collect(),
    };
    rows.into_iter()
}

/// Replaces every text within a value.
fn replace(value: &mut Value, text: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(value) => *value = text(value),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, text)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, text)),
        _ => {}
    }
}

fn digest(value: &Value) -> String {
    let digest = Digest::of(value.to_string().as_bytes()).short();
    digest.chars().take(DIGEST_LENGTH).collect()
}
