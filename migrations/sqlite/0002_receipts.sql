-- The same table as the PostgreSQL migration of this number.

-- What requests with an Idempotency-Key were answered: written with their effect, kept for a while.
CREATE TABLE receipts (
    caller      TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status      INTEGER NOT NULL,
    location    TEXT,
    body        BLOB NOT NULL,
    at          TEXT NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX receipts_by_age ON receipts (at);
