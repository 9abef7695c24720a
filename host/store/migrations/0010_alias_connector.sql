-- The connector that an alias was created for: its connections are checked with that one.

ALTER TABLE alias ADD COLUMN connector TEXT; -- a connector's name; absent if it cannot be told from the profiles

UPDATE alias SET connector = (
  SELECT MIN(profile.connector) FROM profile
  WHERE profile.alias = alias.name
  HAVING COUNT(DISTINCT profile.connector) = 1
);
