-- The same column as the PostgreSQL migration of this number.

-- The windows one of which is promised, and by when it is fixed; nothing once it is.
ALTER TABLE bookings ADD COLUMN flexible TEXT;
ALTER TABLE bookings ADD COLUMN fixed_at TEXT;
CREATE INDEX bookings_to_fix ON bookings (fixed_at) WHERE fixed_at IS NOT NULL;
