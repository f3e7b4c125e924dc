-- The same column as the SQLite migration of this number.

-- What upsets the day, as a JSON list. A change counts the day's version on.
ALTER TABLE days ADD COLUMN disturbances JSONB NOT NULL DEFAULT '[]';
