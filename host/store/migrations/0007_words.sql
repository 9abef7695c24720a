-- The words of the field for tables, columns and stored JSON that had words of their own.

ALTER TABLE sighting RENAME TO account_seen;
ALTER TABLE cursor_met RENAME TO cursor_seen;
ALTER TABLE part RENAME TO partition;

ALTER TABLE stream RENAME COLUMN stamp TO fingerprint;
ALTER TABLE stream RENAME COLUMN by_position TO offset_paged;
ALTER TABLE token RENAME COLUMN renewal_began TO refresh_began_at;

-- A description names the responses that mean "rate limited" with another key.
UPDATE connector
SET description = json_remove(
      json_set(description, '$.rate_limit_responses', json_extract(description, '$.limited')),
      '$.limited')
WHERE json_type(description, '$.limited') = 'array';

-- The next step of an outcome was a sentence; it is a structure now, and a sentence is advice.
UPDATE run
SET outcome = json_set(
      outcome, '$.next_step',
      json_object('step', 'advice', 'text', json_extract(outcome, '$.next_step')))
WHERE json_type(outcome, '$.next_step') = 'text';
