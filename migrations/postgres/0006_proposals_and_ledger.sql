-- The same table, columns and indices as the SQLite migration of this number.

-- Changes of a day that are kept until somebody applies them; the document is the desk's.
CREATE TABLE proposals (
    id         UUID NOT NULL PRIMARY KEY,
    region     TEXT COLLATE "C" NOT NULL,
    date       DATE NOT NULL,
    state      TEXT NOT NULL,
    document   JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);
CREATE INDEX proposals_by_age ON proposals (expires_at);

-- What a route's courier is paid for: the ledger of four weeks is a sum over this index alone.
ALTER TABLE routes ADD COLUMN paid_s BIGINT NOT NULL DEFAULT 0;
CREATE INDEX routes_ledger ON routes (region, date, courier, paid_s);
