-- The same column and table as the PostgreSQL migration of this number.

-- Who caused it, such as `programme:shop` or `dispatcher:key_…`. Of older events it is not known.
ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT 'unknown';

-- Long work. Its owner says every few seconds that it is alive; one that does not is taken for dead.
CREATE TABLE operations (
    id         BLOB NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    region     TEXT NOT NULL,
    date       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    state      TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    cancel_at  TEXT,
    progress   TEXT NOT NULL,
    result     TEXT,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
-- A day has one at a time.
CREATE UNIQUE INDEX operations_running ON operations (region, date) WHERE state = 'running';
CREATE INDEX operations_by_age ON operations (started_at);
