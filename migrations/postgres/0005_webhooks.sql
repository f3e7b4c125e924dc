-- The same tables, columns and indices as the SQLite migration of this number.

-- Who wants to be told of events. `events` is a JSON list of patterns; the former secret signs beside the
-- present one until `old_secret_until`.
CREATE TABLE webhooks (
    id               UUID NOT NULL PRIMARY KEY,
    url              TEXT NOT NULL,
    programme        TEXT COLLATE "C" REFERENCES programmes (id),
    region           TEXT COLLATE "C" REFERENCES regions (id),
    events           JSONB NOT NULL,
    description      TEXT NOT NULL,
    secret           BYTEA NOT NULL,
    old_secret       BYTEA,
    old_secret_until TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL,
    disabled_at      TIMESTAMPTZ,
    disabled_reason  TEXT,
    failing_since    TIMESTAMPTZ
);

-- Up to which event of its log a day has been queued. What is stored already was before any endpoint.
CREATE TABLE webhook_cursors (
    region TEXT COLLATE "C" NOT NULL,
    date   DATE NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (region, date),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);
INSERT INTO webhook_cursors (region, date, seq) SELECT region, date, last_seq FROM days;

-- One event for one endpoint. A pending one is due at `next_attempt_at`, which a claim sets forth.
-- A test has no event: `region`, `date` and `seq` are empty.
CREATE TABLE webhook_deliveries (
    id              UUID NOT NULL PRIMARY KEY,
    webhook         UUID NOT NULL REFERENCES webhooks (id),
    message         UUID NOT NULL,
    region          TEXT COLLATE "C",
    date            DATE,
    seq             BIGINT,
    kind            TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    status          TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    next_attempt_at TIMESTAMPTZ,
    last_attempt_at TIMESTAMPTZ,
    response_status BIGINT,
    error           TEXT
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook, id);

-- For replays.
CREATE INDEX events_by_time ON events (at);
