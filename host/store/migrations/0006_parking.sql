-- Runs that wait on the application's word, and runs that a person wants ended.

ALTER TABLE run ADD COLUMN parked_until     INTEGER;
ALTER TABLE run ADD COLUMN cancel_asked_at  INTEGER;
