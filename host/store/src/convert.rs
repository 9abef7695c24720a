//! Values of the model as columns. Each wrapper is one way of writing a value; a value that cannot
//! be read back means that the store is damaged.

use purser_model::{LastActivity, Timestamp};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::fmt::Display;
use std::str::FromStr;

type Written<'a> = rusqlite::Result<ToSqlOutput<'a>>;

fn unreadable(error: impl Display) -> FromSqlError {
    FromSqlError::Other(error.to_string().into())
}

fn unwritable(error: impl Display) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.to_string().into())
}

/// A value written as JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> Written<'_> {
        serde_json::to_string(&self.0)
            .map(ToSqlOutput::from)
            .map_err(unwritable)
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(unreadable)
    }
}

/// A member of a closed set, written as the word that it serialises to.
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Serialize> ToSql for Word<T> {
    fn to_sql(&self) -> Written<'_> {
        match serde_json::to_value(&self.0).map_err(unwritable)? {
            serde_json::Value::String(word) => Ok(word.into()),
            other => Err(unwritable(format!("{other} is not a word"))),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word: StrDeserializer<'_, WordError> = value.as_str()?.into_deserializer();
        T::deserialize(word).map(Self).map_err(unreadable)
    }
}

/// A value written as its own text: a name, digest, day, URL or decimal.
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> ToSql for Text<T> {
    fn to_sql(&self) -> Written<'_> {
        Ok(self.0.to_string().into())
    }
}

impl<T: FromStr<Err: Display>> FromSql for Text<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(unreadable)
    }
}

/// An instant, cut to milliseconds.
pub(crate) struct Millis(pub(crate) Timestamp);

impl ToSql for Millis {
    fn to_sql(&self) -> Written<'_> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_millisecond(value.as_i64()?)
            .map(Self)
            .map_err(unreadable)
    }
}

/// A count. SQLite's integers are signed; a larger count is written as the largest of them.
pub(crate) struct Count(pub(crate) u64);

impl ToSql for Count {
    fn to_sql(&self) -> Written<'_> {
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u64::try_from(value.as_i64()?).map(Self).map_err(unreadable)
    }
}

/// The last activity of an account, as an integer with the order of [`LastActivity`]: SQL's `max`
/// merges as `latest` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use(pub(crate) LastActivity);

const UNKNOWN: i64 = i64::MIN;
const NEVER: i64 = i64::MIN + 1;

impl ToSql for Use {
    fn to_sql(&self) -> Written<'_> {
        Ok(match self.0 {
            LastActivity::Unknown => UNKNOWN,
            LastActivity::Never => NEVER,
            LastActivity::At(at) => at.as_millisecond(),
        }
        .into())
    }
}

impl FromSql for Use {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(match value.as_i64()? {
            UNKNOWN => LastActivity::Unknown,
            NEVER => LastActivity::Never,
            _ => LastActivity::At(Millis::column_result(value)?.0),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::{ConnectionName, StreamKind};
    use rusqlite::Connection;

    fn integer(value: LastActivity) -> i64 {
        Connection::open_in_memory()
            .unwrap()
            .query_row("SELECT ?1", [Use(value)], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn last_activity_as_integer_keeps_the_order_of_the_model() {
        let early = LastActivity::At(Timestamp::MIN);
        let late = LastActivity::At(Timestamp::UNIX_EPOCH);
        let ascending = [LastActivity::Unknown, LastActivity::Never, early, late];

        assert!(ascending.is_sorted());
        assert!(ascending.map(integer).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn last_activity_as_integer_reads_back_as_it_was() {
        let at = LastActivity::At(Timestamp::UNIX_EPOCH);

        for value in [LastActivity::Unknown, LastActivity::Never, at] {
            let stored = ValueRef::Integer(integer(value));
            assert_eq!(Use::column_result(stored).unwrap().0, value);
        }
    }

    #[test]
    fn column_with_a_value_that_is_never_written_is_unreadable() {
        let text = |text: &'static str| ValueRef::Text(text.as_bytes());

        assert!(Word::<StreamKind>::column_result(text("groups")).is_err());
        assert!(Text::<ConnectionName>::column_result(text("No Name")).is_err());
        assert!(Json::<Vec<String>>::column_result(text("{}")).is_err());
        assert!(Count::column_result(ValueRef::Integer(-1)).is_err());
        assert!(Millis::column_result(ValueRef::Integer(i64::MAX)).is_err());
    }
}
