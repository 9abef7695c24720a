-- The first schema. Migrations are append-only: once released, a file never changes, and what comes later comes in a new one.
--
-- Conventions: instants are integer milliseconds since 1970 in UTC, days are ISO 8601 text, amounts are decimal text beside their
-- currency, lists are JSON, words are those that the model serialises to. "What an account was last used" is one integer whose order is
-- the order of what it says: -9223372036854775808 unknown, -9223372036854775807 never, otherwise an instant.

CREATE TABLE connector (
  id          INTEGER PRIMARY KEY, -- in the order of upload
  digest      TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,       -- JSON
  uploaded_at INTEGER NOT NULL,
  granted     TEXT,                -- JSON
  granted_at  INTEGER,
  size        INTEGER NOT NULL,
  bytes       BLOB NOT NULL        -- last, so that no other column lies behind it
) STRICT;
CREATE INDEX connector_by_name ON connector (name, id);

CREATE TABLE alias (
  name        TEXT PRIMARY KEY,
  application TEXT NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE connection (
  name            TEXT PRIMARY KEY,
  alias           TEXT NOT NULL REFERENCES alias,
  base_url        TEXT NOT NULL,
  template        TEXT NOT NULL,   -- JSON
  private_network INTEGER NOT NULL,
  state           TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  last_success_at INTEGER,
  attention       TEXT,
  sealed          BLOB NOT NULL    -- the credential, as the vault sealed it
) STRICT;
CREATE INDEX connection_by_alias ON connection (alias);

CREATE TABLE profile (
  name         TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  connector    TEXT NOT NULL,
  digest       TEXT NOT NULL REFERENCES connector (digest),
  alias        TEXT NOT NULL REFERENCES alias,
  settings     TEXT NOT NULL,      -- JSON
  state        TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  published_at INTEGER
) STRICT;

-- Where records come from: a profile over one connection. Everything read hangs on it and goes with the connection.
CREATE TABLE source (
  id         INTEGER PRIMARY KEY,
  profile    TEXT NOT NULL REFERENCES profile,
  connection TEXT NOT NULL REFERENCES connection ON DELETE CASCADE,
  UNIQUE (profile, connection)
) STRICT;
CREATE INDEX source_by_connection ON source (connection);

-- A run outlives its source: history names the profile and the connection itself.
CREATE TABLE run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id  INTEGER REFERENCES source ON DELETE SET NULL,
  profile    TEXT NOT NULL,
  connection TEXT NOT NULL,
  state      TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  outcome    TEXT                  -- JSON
) STRICT;
CREATE INDEX run_by_source ON run (source_id, state);
CREATE INDEX run_by_profile ON run (profile, id);

CREATE TABLE stream_run (
  id        INTEGER PRIMARY KEY,   -- in the order in which a run read them
  run_id    INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stream    TEXT NOT NULL,
  kind      TEXT NOT NULL,
  complete  INTEGER NOT NULL DEFAULT 0,
  resumed   INTEGER NOT NULL,
  pages     INTEGER NOT NULL DEFAULT 0,
  records   INTEGER NOT NULL DEFAULT 0,
  rejected  INTEGER NOT NULL DEFAULT 0,
  requests  INTEGER NOT NULL DEFAULT 0,
  retries   INTEGER NOT NULL DEFAULT 0,
  waited_ms INTEGER NOT NULL DEFAULT 0,
  removed   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (run_id, stream)
) STRICT;

CREATE TABLE run_log (
  id     INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  at     INTEGER NOT NULL,
  level  TEXT NOT NULL,
  text   TEXT NOT NULL
) STRICT;
CREATE INDEX run_log_by_run ON run_log (run_id);

CREATE TABLE rejected_row (
  id     INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  stream TEXT NOT NULL,
  row    TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX rejected_row_by_run ON rejected_row (run_id);

-- A data stream of a source, and its checkpoint.
CREATE TABLE stream (
  id                   INTEGER PRIMARY KEY,
  source_id            INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  name                 TEXT NOT NULL,
  kind                 TEXT NOT NULL,
  generation           INTEGER NOT NULL,  -- counted up from 1, one for every read from the beginning
  stamp                TEXT NOT NULL,     -- what must be the same for a read to go on where it stopped
  state                TEXT NOT NULL,     -- reading, read, complete or refused
  cursor               TEXT,
  completed_generation INTEGER,
  completed_at         INTEGER,
  UNIQUE (source_id, name)
) STRICT;

-- The cursors that the unfinished generation has met, as the first 128 bits of their SHA-256.
CREATE TABLE cursor_met (
  stream_id INTEGER NOT NULL REFERENCES stream ON DELETE CASCADE,
  hash      BLOB NOT NULL,
  PRIMARY KEY (stream_id, hash)
) WITHOUT ROWID, STRICT;

CREATE TABLE account (
  id              INTEGER PRIMARY KEY,
  source_id       INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  external_id     TEXT NOT NULL,
  fingerprint     BLOB NOT NULL,   -- of everything below but last_activity
  last_activity   INTEGER NOT NULL,
  principal_name  TEXT,
  display_name    TEXT,
  given_name      TEXT,
  family_name     TEXT,
  employee_number TEXT,
  kind            TEXT NOT NULL,
  status          TEXT NOT NULL,
  created_at      INTEGER,
  emails          TEXT NOT NULL,   -- JSON
  seats           TEXT NOT NULL,   -- JSON
  attributes      TEXT NOT NULL,   -- JSON
  UNIQUE (source_id, external_id)
) STRICT;

-- Which stream saw an account, in which generation last and in which first. No foreign key to account: to check it, every deletion of an
-- account would need a second index here. The sweep deletes both, and whatever deletes a source deletes both.
CREATE TABLE sighting (
  stream_id  INTEGER NOT NULL REFERENCES stream ON DELETE CASCADE,
  account_id INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  PRIMARY KEY (stream_id, account_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE activity (
  source_id     INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  account       TEXT NOT NULL,     -- the account's external id; the account itself may be unknown
  product       TEXT NOT NULL,     -- '' where the application does not tell which
  last_activity INTEGER NOT NULL,
  PRIMARY KEY (source_id, account, product)
) WITHOUT ROWID, STRICT;

CREATE TABLE product (
  stream_id   INTEGER NOT NULL REFERENCES stream ON DELETE CASCADE,
  external_id TEXT NOT NULL,
  name        TEXT NOT NULL,
  purchased   INTEGER,
  assigned    INTEGER,
  generation  INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  PRIMARY KEY (stream_id, external_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE person (
  employee_number TEXT PRIMARY KEY,
  name            TEXT NOT NULL,
  email           TEXT,
  aliases         TEXT NOT NULL,   -- JSON
  user_name       TEXT,
  department      TEXT,
  manager         TEXT,
  employment      TEXT NOT NULL    -- JSON
) STRICT;

CREATE TABLE entitlement (
  application TEXT NOT NULL,       -- a profile's name; the profile may come later
  product     TEXT NOT NULL,
  reference   TEXT NOT NULL,
  quantity    INTEGER NOT NULL,
  amount      TEXT,
  currency    TEXT,
  term        TEXT NOT NULL,
  starts_on   TEXT,
  ends_on     TEXT,
  PRIMARY KEY (application, product, reference),
  CHECK ((amount IS NULL) = (currency IS NULL))
) WITHOUT ROWID, STRICT;
