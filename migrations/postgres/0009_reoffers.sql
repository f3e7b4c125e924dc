-- The same column as the SQLite migration of this number.

-- The booking that came to nothing, and that this one is for instead.
ALTER TABLE bookings ADD COLUMN replaces UUID;
