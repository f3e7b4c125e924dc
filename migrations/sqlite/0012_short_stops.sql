-- The PostgreSQL migration of this number has the stops of a route be a text, as they are here already.
SELECT 1;
