-- The same tables, columns and indices as the PostgreSQL migration of this number.

-- Who wants to be told of events. `events` is a JSON list of patterns; the former secret signs beside the
-- present one until `old_secret_until`.
CREATE TABLE webhooks (
    id               BLOB NOT NULL PRIMARY KEY,
    url              TEXT NOT NULL,
    programme        TEXT REFERENCES programmes (id),
    region           TEXT REFERENCES regions (id),
    events           TEXT NOT NULL,
    description      TEXT NOT NULL,
    secret           BLOB NOT NULL,
    old_secret       BLOB,
    old_secret_until TEXT,
    created_at       TEXT NOT NULL,
    disabled_at      TEXT,
    disabled_reason  TEXT,
    failing_since    TEXT
) STRICT;

-- Up to which event of its log a day has been queued. What is stored already was before any endpoint.
CREATE TABLE webhook_cursors (
    region TEXT NOT NULL,
    date   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (region, date),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
INSERT INTO webhook_cursors (region, date, seq) SELECT region, date, last_seq FROM days;

-- One event for one endpoint. A pending one is due at `next_attempt_at`, which a claim sets forth.
-- A test has no event: `region`, `date` and `seq` are empty.
CREATE TABLE webhook_deliveries (
    id              BLOB NOT NULL PRIMARY KEY,
    webhook         BLOB NOT NULL REFERENCES webhooks (id),
    message         BLOB NOT NULL,
    region          TEXT,
    date            TEXT,
    seq             INTEGER,
    kind            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    status          TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_at TEXT,
    last_attempt_at TEXT,
    response_status INTEGER,
    error           TEXT
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook, id);

-- For replays.
CREATE INDEX events_by_time ON events (at);
