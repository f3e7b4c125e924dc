-- A customer's link leads on from a visit that failed to the one booked in its place.
CREATE INDEX bookings_replaces ON bookings (replaces) WHERE replaces IS NOT NULL;
