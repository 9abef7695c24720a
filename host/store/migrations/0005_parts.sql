-- A stream is read in parts, each with a checkpoint of its own; most have one.

CREATE TABLE part (
  stream_id INTEGER NOT NULL REFERENCES stream ON DELETE CASCADE,
  number    INTEGER NOT NULL,      -- from 0, which is the part that begins where the stream does
  cursor    TEXT,                  -- where its next page begins; absent: where the stream does
  done      INTEGER NOT NULL CHECK (done IN (0, 1)),
  PRIMARY KEY (stream_id, number)
) WITHOUT ROWID, STRICT;

INSERT INTO part SELECT id, 0, cursor, state <> 'reading' FROM stream;
ALTER TABLE stream DROP COLUMN cursor;

-- Signs that rows changed place while a generation was read.
ALTER TABLE stream ADD COLUMN by_position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN repeated    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream ADD COLUMN unusable    INTEGER NOT NULL DEFAULT 0; -- rows that were rejected for another reason
ALTER TABLE stream ADD COLUMN least_total INTEGER;
ALTER TABLE stream ADD COLUMN most_total  INTEGER;
