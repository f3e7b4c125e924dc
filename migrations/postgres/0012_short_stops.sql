-- The stops of a route are written anew with each of its changes: they are kept as a short text beside the rest of the row,
-- without being taken apart, compressed or moved to another table. Rows as they are can be read, too.
ALTER TABLE routes ALTER COLUMN stops TYPE TEXT USING stops::text;
ALTER TABLE routes SET (toast_tuple_target = 8160);
