//! Configuration templates of the operator's own, as text. What they mean is the vault's business.

use crate::convert::{Millis, Text};
use crate::{Store, StoreError};
use purser_model::{TemplateName, Timestamp};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Keeps a template. There is no changing it: connections rely on what it says.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], or the store cannot be written.
    pub fn add_template(
        &self,
        name: &TemplateName,
        toml: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO template (name, toml, added_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        match self.write(|tx| Ok(tx.execute(sql, params![name.as_str(), toml, Millis(at)])?))? {
            0 => Err(StoreError::already_exists("template", name)),
            _ => Ok(()),
        }
    }

    /// The text of a template, if there is one of this name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn template(&self, name: &TemplateName) -> Result<Option<String>, StoreError> {
        let sql = "SELECT toml FROM template WHERE name = ?1";
        self.read(|tx| {
            Ok(tx
                .query_row(sql, [name.as_str()], |row| row.get(0))
                .optional()?)
        })
    }

    /// The text of every template, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn templates(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare("SELECT toml FROM template ORDER BY name")?;
            Ok(statement
                .query_map((), |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// Forgets a template.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::InUse`] while a connection fills it in, or the store cannot be written.
    pub fn delete_template(&self, name: &TemplateName) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "SELECT name FROM connection WHERE template = ?1 ORDER BY name LIMIT 1";
            let user = tx
                .query_row(sql, [name.as_str()], |row| {
                    row.get::<_, Text<TemplateName>>(0)
                })
                .optional()?;
            if let Some(Text(connection)) = user {
                let by = format!("connection {connection}");
                return Err(StoreError::InUse {
                    what: "template",
                    name: name.to_string(),
                    by,
                });
            }
            match tx.execute("DELETE FROM template WHERE name = ?1", [name.as_str()])? {
                0 => Err(StoreError::not_found("template", name)),
                _ => Ok(()),
            }
        })
    }
}
