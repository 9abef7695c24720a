//! The shapes of structures that are stored as JSON in one column.
//!
//! They repeat types of the model, which are also printed by `--json`, read from grant files and
//! recorded in cassettes. With a shape of its own, the database does not change when a field of the
//! model is renamed; the conversions below stop compiling instead. Words and single values keep the
//! model's spelling, which the tests of this module pin.

mod description;
mod grant;
mod outcome;
#[cfg(test)]
mod tests;

pub(crate) use description::DescriptionRow;
pub(crate) use grant::GrantRow;
pub(crate) use outcome::OutcomeRow;
