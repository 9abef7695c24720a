//! Products of a source, as each of its streams reports them.

use super::shared::{count, repetition, sorted_by_id};
use crate::open_stream::OpenStream;
use crate::source::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Product, RejectedRow};
use rusqlite::{OptionalExtension, Transaction, params};

impl Store {
    /// Returns the products of a source, ordered by identifier. If two streams report one, the
    /// stream that was added later counts.
    pub fn products(&self, source: &Source) -> Result<Vec<Product>, StoreError> {
        self.read(|tx| {
            let sql = "
                SELECT external_id, product.name, purchased, assigned
                FROM product JOIN stream ON stream.id = stream_id
                WHERE source_id = ?1 AND stream_id = (
                    SELECT max(other.stream_id)
                    FROM product AS other JOIN stream AS reporter ON reporter.id = other.stream_id
                    WHERE reporter.source_id = ?1 AND other.external_id = product.external_id)
                ORDER BY external_id";
            let mut statement = tx.prepare(sql)?;

            let rows = statement.query_map([source_id(tx, source)?], |row| {
                Ok(Product {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    purchased: row.get(2)?,
                    assigned: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Stores a page of products; returns those that the generation had seen before.
pub(super) fn store(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Product],
) -> Result<Vec<RejectedRow>, StoreError> {
    let find = "SELECT generation FROM product WHERE stream_id = ?1 AND external_id = ?2";
    let mut find = tx.prepare_cached(find)?;
    let put = "
        INSERT INTO product (
            stream_id, external_id, name, purchased, assigned, generation, since)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
        ON CONFLICT DO UPDATE SET
            name = excluded.name, purchased = excluded.purchased, assigned = excluded.assigned,
            generation = excluded.generation";
    let mut put = tx.prepare_cached(put)?;
    let mut repeated = Vec::new();

    for product in sorted_by_id(rows, |product| &product.id) {
        let seen_in: Option<i64> = find
            .query_row(params![stream.id, product.id], |row| row.get(0))
            .optional()?;
        if seen_in == Some(stream.generation) {
            repeated.push(repetition(&product.id));
            continue;
        }

        put.execute(params![
            stream.id,
            product.id,
            product.name,
            product.purchased,
            product.assigned,
            stream.generation
        ])?;
    }
    Ok(repeated)
}

/// Deletes products that the stream no longer has; returns how many.
pub(super) fn delete_unseen(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM product WHERE stream_id = ?1 AND generation < ?2";
    Ok(count(tx.execute(sql, params![stream.id, since])?))
}
