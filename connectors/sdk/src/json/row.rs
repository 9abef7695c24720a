//! Decoding of one row. A field that cannot be read costs itself, with a warning, if it is
//! optional.
//!
//! The row is decoded, and the value that ends the decoding is left out of it, until it decodes. A
//! value that is then missing although it is required rejects the row, with its reason.

use super::lenient::{self, DecodeError, RawRow, Segment};
use super::tree::{Member, Text, Value};
use serde::Deserialize;

/// Number of values of one row that may be unreadable.
const MAX_UNREADABLE: usize = 32;

/// A row that was decoded.
pub(crate) struct DecodedRow<T> {
    pub(crate) row: T,
    /// Fields that could not be read, one sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Decodes a row.
///
/// # Errors
/// The reason why it cannot be used, beginning with the path of the field.
pub(crate) fn decode<'de, T: Deserialize<'de>>(raw: &RawRow) -> Result<DecodedRow<T>, String> {
    let mut tree = raw.tree.clone();
    let mut pruned: Vec<Pruned> = Vec::new();

    for _ in 0..MAX_UNREADABLE {
        let failed = match lenient::attempt(&tree, raw.names, true) {
            Ok((row, damaged)) => {
                let warnings = pruned.into_iter().filter_map(|each| each.warning);
                return Ok(DecodedRow {
                    row,
                    warnings: warnings.chain(damaged).collect(),
                });
            }
            Err(failed) => failed,
        };

        let (path, sentence) = cause(&failed, &mut pruned);
        match path.as_slice() {
            [] => return Err(sentence),
            path => pruned.push(Pruned {
                warning: (!is_null(&tree, path)).then_some(sentence),
                path: path.to_vec(),
            }),
        }
        if !remove(&mut tree, &path) {
            return Err(failed.sentence());
        }
    }
    Err("more fields are unreadable than are kept".into())
}

/// A value that was left out.
struct Pruned {
    path: Vec<Segment>,
    /// The warning. Absent: it was null.
    warning: Option<String>,
}

/// Returns the path of what cannot be read, and the reason.
///
/// If a value is missing because it was left out before, it was required: then the object around it
/// cannot be read, for the reason of that value.
fn cause(failed: &DecodeError, pruned: &mut Vec<Pruned>) -> (Vec<Segment>, String) {
    let path = failed.path().to_vec();
    let was_required = pruned.last().is_some_and(|last| {
        let names_it = match last.path.split_last() {
            Some((Segment::Field(name), around)) => {
                let missing = failed.reason.to_lowercase();
                around == path.as_slice() && missing.contains(&format!("`{}`", name.to_lowercase()))
            }
            _ => false,
        };
        names_it && failed.reason.starts_with("missing field")
    });
    if was_required && let Some(last) = pruned.pop() {
        let reason = last.warning.unwrap_or_else(|| {
            let field = lenient::field_of(&last.path);
            format!("{field}: is null")
        });
        return (path, reason);
    }
    let sentence = failed.sentence();
    (path, sentence)
}

fn is_null(tree: &Value, path: &[Segment]) -> bool {
    let mut value = tree;
    for segment in path {
        let inner = match (segment, value) {
            (Segment::Field(name), Value::Object(members)) => members
                .iter()
                .find(|each| each.name == *name)
                .map(|each| &each.value),
            (Segment::Index(index), Value::List(items)) => items.get(*index),
            _ => None,
        };
        match inner {
            Some(inner) => value = inner,
            None => return false,
        }
    }
    *value == Value::Null
}

/// Removes the value at a path. False if there is none.
fn remove(tree: &mut Value, path: &[Segment]) -> bool {
    match (path, tree) {
        ([Segment::Field(name)], Value::Object(members)) => {
            let before = members.len();
            members.retain(|member| member.name != *name);
            members.len() < before
        }
        ([Segment::Index(index)], Value::List(items)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        ([Segment::Field(name), rest @ ..], Value::Object(members)) => members
            .iter_mut()
            .find(|member| member.name == *name)
            .is_some_and(|member| remove(&mut member.value, rest)),
        ([Segment::Index(index), rest @ ..], Value::List(items)) => {
            items.get_mut(*index).is_some_and(|item| remove(item, rest))
        }
        // A list of one that was read as its item.
        (path, Value::List(items)) => match items.as_mut_slice() {
            [only] => remove(only, path),
            _ => false,
        },
        _ => false,
    }
}

/// Returns the fields of a row that can identify it: texts and whole numbers, those of objects in
/// it under `object.field`.
pub(crate) fn identifiers(raw: &RawRow) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Value::Object(members) = &raw.tree {
        for member in members {
            match &member.value {
                Value::Object(inner) => {
                    let name = |field: &Member| format!("{}.{}", member.name, field.name);
                    found.extend(
                        inner
                            .iter()
                            .filter_map(|each| Some((name(each), identifier(each)?))),
                    );
                }
                _ => found.extend(identifier(member).map(|text| (member.name.clone(), text))),
            }
        }
    }
    found
}

fn identifier(member: &Member) -> Option<String> {
    if member.is_contradicted {
        return None;
    }
    match &member.value {
        Value::Text(Text {
            text,
            is_damaged: false,
        }) => Some(text.clone()),
        Value::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.clone())
        }
        _ => None,
    }
}
