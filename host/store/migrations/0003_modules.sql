-- The life of a connector's bytes after their upload. In a table of its own: a column behind the bytes would be slow to read.

CREATE TABLE disabled_connector (
  digest TEXT PRIMARY KEY REFERENCES connector (digest) ON DELETE CASCADE,
  since  INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
