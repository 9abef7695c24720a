-- Removal as the last conclusion: an account that a complete read lacks may wait for a second read, and a rejected row counts as seen.

ALTER TABLE account ADD COLUMN missing_since INTEGER;    -- the first complete read without it; absent while it is listed
ALTER TABLE account_seen ADD COLUMN missing_run INTEGER; -- the run that first lacked it in a complete read; absent while it is listed

-- What each stream reported of an account that several streams report; `account` holds what they say together.
CREATE TABLE account_report (
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  stream_id  INTEGER NOT NULL,   -- no foreign key: a stream goes with its source, which takes the accounts along
  report     TEXT NOT NULL,      -- JSON
  PRIMARY KEY (account_id, stream_id)
) WITHOUT ROWID, STRICT;

-- Rejected rows of the unfinished generation whose identifier no stored account or product has.
CREATE TABLE rejected_seen (
  stream_id   INTEGER NOT NULL REFERENCES stream ON DELETE CASCADE,
  external_id TEXT NOT NULL,
  PRIMARY KEY (stream_id, external_id)
) WITHOUT ROWID, STRICT;

-- Facts of a generation that its completion depends on.
ALTER TABLE stream ADD COLUMN reported       INTEGER NOT NULL DEFAULT 0; -- records and rejected rows, without repetitions
ALTER TABLE stream ADD COLUMN unidentified   INTEGER NOT NULL DEFAULT 0; -- rejected rows without an identifier
ALTER TABLE stream ADD COLUMN duplicates     INTEGER NOT NULL DEFAULT 0; -- rows with the identifier of another row of their page
ALTER TABLE stream ADD COLUMN previous_found INTEGER;                    -- rows of the pass before; absent in the first pass

ALTER TABLE stream_run ADD COLUMN repeated      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_run ADD COLUMN with_warnings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_run ADD COLUMN missing       INTEGER NOT NULL DEFAULT 0;
