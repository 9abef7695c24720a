//! Configuration templates that operators added, as text. The vault parses them.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{ConnectionName, TemplateName, Timestamp};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Adds a template. It can never change, because connections rely on its contents.
    pub fn add_template(
        &self,
        name: &TemplateName,
        toml: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO template (name, toml, added_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO NOTHING";

        match self.write(|tx| Ok(tx.execute(sql, params![name.as_str(), toml, Millis(at)])?))? {
            0 => Err(StoreError::already_exists("template", name)),
            _ => Ok(()),
        }
    }

    /// Returns the text of a template, if there is one of this name.
    pub fn template(&self, name: &TemplateName) -> Result<Option<String>, StoreError> {
        let sql = "SELECT toml FROM template WHERE name = ?1";

        self.read(|tx| {
            Ok(tx
                .query_row(sql, [name.as_str()], |row| row.get(0))
                .optional()?)
        })
    }

    /// Returns the text of every template, by name.
    pub fn templates(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare("SELECT toml FROM template ORDER BY name")?;
            let rows = statement.query_map((), |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Deletes a template.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::InUse`] while a connection uses it.
    pub fn delete_template(&self, name: &TemplateName) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "SELECT name FROM connection WHERE template = ?1 ORDER BY name LIMIT 1";
            let user = tx
                .query_row(sql, [name.as_str()], |row| {
                    row.get::<_, Text<ConnectionName>>(0)
                })
                .optional()?;
            if let Some(Text(connection)) = user {
                return Err(StoreError::InUse {
                    what: "template",
                    name: name.to_string(),
                    by: format!("connection {connection}"),
                });
            }

            match tx.execute("DELETE FROM template WHERE name = ?1", [name.as_str()])? {
                0 => Err(StoreError::not_found("template", name)),
                _ => Ok(()),
            }
        })
    }
}
