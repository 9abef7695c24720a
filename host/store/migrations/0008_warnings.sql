-- Fields of an account that could not be read, and the identifier of a rejected row.

ALTER TABLE account ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE rejected_row ADD COLUMN external_id TEXT;               -- of the account or product; absent if not readable
