-- The same tables, columns and indices as the PostgreSQL migration of this number. Moments are RFC 3339
-- texts in UTC, dates YYYY-MM-DD, UUIDs 16 bytes, documents JSON texts.

CREATE TABLE registry_version (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO registry_version (one, version) VALUES (1, 0);

CREATE TABLE regions (
    id       TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE hubs (
    id       TEXT NOT NULL PRIMARY KEY,
    region   TEXT NOT NULL REFERENCES regions (id),
    document TEXT NOT NULL
) STRICT;

CREATE TABLE couriers (
    id       TEXT NOT NULL PRIMARY KEY,
    region   TEXT NOT NULL REFERENCES regions (id),
    hub      TEXT NOT NULL REFERENCES hubs (id),
    document TEXT NOT NULL
) STRICT;

-- `date` is a date or a pattern of weekdays, as RosterEntry prints it.
CREATE TABLE roster (
    courier  TEXT NOT NULL REFERENCES couriers (id),
    date     TEXT NOT NULL,
    starts   TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (courier, date, starts)
) STRICT;

CREATE TABLE programmes (
    id TEXT NOT NULL PRIMARY KEY
) STRICT;

-- Only the SHA-256 of a token is kept, never the token.
CREATE TABLE keys (
    id         BLOB NOT NULL PRIMARY KEY,
    role       TEXT NOT NULL,
    programme  TEXT REFERENCES programmes (id),
    region     TEXT,
    courier    TEXT,
    hash       BLOB NOT NULL,
    label      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
CREATE UNIQUE INDEX keys_by_hash ON keys (hash);

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Every writer of a day updates its row first: that orders the writers, and so the events of the day.
CREATE TABLE days (
    region   TEXT NOT NULL REFERENCES regions (id),
    date     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (region, date)
) STRICT;

CREATE TABLE routes (
    id      BLOB NOT NULL PRIMARY KEY,
    region  TEXT NOT NULL,
    date    TEXT NOT NULL,
    courier TEXT NOT NULL,
    hub     TEXT NOT NULL,
    starts  TEXT NOT NULL,
    ends    TEXT NOT NULL,
    version INTEGER NOT NULL,
    shift   TEXT NOT NULL,
    stops   TEXT NOT NULL,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
CREATE INDEX routes_by_day ON routes (region, date);

CREATE TABLE bookings (
    id              BLOB NOT NULL PRIMARY KEY,
    region          TEXT NOT NULL,
    date            TEXT NOT NULL,
    programme       TEXT NOT NULL,
    external_id     TEXT,
    state           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    lon             REAL NOT NULL,
    lat             REAL NOT NULL,
    window_start    TEXT NOT NULL,
    window_end      TEXT NOT NULL,
    hold_expires_at TEXT,
    requested_at    TEXT NOT NULL,
    route_id        BLOB REFERENCES routes (id),
    version         INTEGER NOT NULL,
    request         TEXT NOT NULL,
    demand          TEXT NOT NULL,
    contact         TEXT,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
CREATE INDEX bookings_by_day ON bookings (region, date) WHERE state NOT IN ('expired', 'cancelled');
CREATE INDEX bookings_held ON bookings (region, date) WHERE state = 'held';
CREATE INDEX bookings_by_external_id ON bookings (programme, external_id) WHERE external_id IS NOT NULL;
-- A shop's order number is used once, unless what it named has come to nothing.
CREATE UNIQUE INDEX bookings_external_id_once ON bookings (programme, external_id)
    WHERE external_id IS NOT NULL AND state NOT IN ('cancelled', 'expired', 'failed');

-- `seq` counts within the day, without gaps and in the order of the commits.
CREATE TABLE events (
    region  TEXT NOT NULL,
    date    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (region, date, seq),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
