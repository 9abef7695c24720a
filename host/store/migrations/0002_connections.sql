-- Configuration templates of the operator's own, connections that fill templates in, and tokens that are renewed.

CREATE TABLE template (
  name     TEXT PRIMARY KEY,
  toml     TEXT NOT NULL,          -- as it was written
  added_at INTEGER NOT NULL
) STRICT;

-- Which key the secrets of this database are sealed with. One row, from the first secret on.
CREATE TABLE vault (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  key_id TEXT NOT NULL
) STRICT;

ALTER TABLE alias ADD COLUMN retry TEXT NOT NULL DEFAULT '{"attempts":5,"within-seconds":60}'; -- JSON

-- A template was JSON with its fields; it is a name now, and the fields have a column.
ALTER TABLE connection ADD COLUMN fields TEXT NOT NULL DEFAULT '{}'; -- JSON, without the secret ones
ALTER TABLE connection ADD COLUMN identity TEXT;
ALTER TABLE connection ADD COLUMN tenant TEXT;
UPDATE connection SET fields = json_remove(template, '$.template'), template = json_extract(template, '$.template');
-- What was sealed was one secret; it is a document of all of a template's secrets now, and the store cannot open it to make one.
UPDATE connection SET sealed = x'', state = 'needs-attention',
  attention = 'its credential must be given once more, after an upgrade of Purser';

CREATE TABLE token (
  connection       TEXT PRIMARY KEY REFERENCES connection ON DELETE CASCADE,
  generation       INTEGER NOT NULL,
  obtained_at      INTEGER NOT NULL,
  expires_at       INTEGER,
  authorized_until INTEGER,
  missing_scopes   TEXT NOT NULL,  -- JSON
  lease_holder     TEXT,           -- who is renewing it
  lease_until      INTEGER,
  renewal_began    INTEGER,        -- of a renewal that may have been sent, and whose answer was not stored
  sealed           BLOB NOT NULL
) STRICT;
