-- The same column as the PostgreSQL migration of this number.

-- The windows one of which is promised, and by when it is fixed; nothing once it is.
ALTER TABLE bookings ADD COLUMN flexible TEXT;
