-- Who vouches for a connector's bytes, and whom the operator believes.

CREATE TABLE publisher (
  name       TEXT PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  trusted_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- The key is what the signature was verified with. It names no publisher: whoever is distrusted takes the worth of the signature along.
CREATE TABLE connector_signature (
  digest    TEXT PRIMARY KEY REFERENCES connector (digest) ON DELETE CASCADE,
  key       TEXT NOT NULL,
  signature TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE policy (
  id                INTEGER PRIMARY KEY CHECK (id = 1),
  require_signature INTEGER NOT NULL CHECK (require_signature IN (0, 1))
) STRICT;

INSERT INTO policy VALUES (1, 0);
