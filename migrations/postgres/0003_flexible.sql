-- The same column as the SQLite migration of this number.

-- The windows one of which is promised, and by when it is fixed; nothing once it is.
ALTER TABLE bookings ADD COLUMN flexible JSONB;
