-- The same table as the SQLite migration of this number.

-- What requests with an Idempotency-Key were answered: written with their effect, kept for a while.
CREATE TABLE receipts (
    caller      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    status      BIGINT NOT NULL,
    location    TEXT,
    body        BYTEA NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX receipts_by_age ON receipts (at);
