-- The same tables, columns and indices as the SQLite migration of this number. Given names compare
-- byte by byte (COLLATE "C"), as they do on SQLite.

CREATE TABLE registry_version (
    one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO registry_version (one, version) VALUES (1, 0);

CREATE TABLE regions (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document JSONB NOT NULL
);

CREATE TABLE hubs (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    region   TEXT COLLATE "C" NOT NULL REFERENCES regions (id),
    document JSONB NOT NULL
);

CREATE TABLE couriers (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    region   TEXT COLLATE "C" NOT NULL REFERENCES regions (id),
    hub      TEXT COLLATE "C" NOT NULL REFERENCES hubs (id),
    document JSONB NOT NULL
);

-- `date` is a date or a pattern of weekdays, as RosterEntry prints it.
CREATE TABLE roster (
    courier  TEXT COLLATE "C" NOT NULL REFERENCES couriers (id),
    date     TEXT COLLATE "C" NOT NULL,
    starts   TIME NOT NULL,
    document JSONB NOT NULL,
    PRIMARY KEY (courier, date, starts)
);

CREATE TABLE programmes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

-- Only the SHA-256 of a token is kept, never the token.
CREATE TABLE keys (
    id         UUID NOT NULL PRIMARY KEY,
    role       TEXT NOT NULL,
    programme  TEXT COLLATE "C" REFERENCES programmes (id),
    region     TEXT COLLATE "C",
    courier    TEXT COLLATE "C",
    hash       BYTEA NOT NULL,
    label      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX keys_by_hash ON keys (hash);

CREATE TABLE secrets (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- Every writer of a day updates its row first: that orders the writers, and so the events of the day.
CREATE TABLE days (
    region   TEXT COLLATE "C" NOT NULL REFERENCES regions (id),
    date     DATE NOT NULL,
    version  BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (region, date)
);

CREATE TABLE routes (
    id      UUID NOT NULL PRIMARY KEY,
    region  TEXT COLLATE "C" NOT NULL,
    date    DATE NOT NULL,
    courier TEXT COLLATE "C" NOT NULL,
    hub     TEXT COLLATE "C" NOT NULL,
    starts  TIMESTAMPTZ NOT NULL,
    ends    TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    shift   JSONB NOT NULL,
    stops   JSONB NOT NULL,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);
CREATE INDEX routes_by_day ON routes (region, date);

CREATE TABLE bookings (
    id              UUID NOT NULL PRIMARY KEY,
    region          TEXT COLLATE "C" NOT NULL,
    date            DATE NOT NULL,
    programme       TEXT COLLATE "C" NOT NULL,
    external_id     TEXT COLLATE "C",
    state           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    lon             DOUBLE PRECISION NOT NULL,
    lat             DOUBLE PRECISION NOT NULL,
    window_start    TIMESTAMPTZ NOT NULL,
    window_end      TIMESTAMPTZ NOT NULL,
    hold_expires_at TIMESTAMPTZ,
    requested_at    TIMESTAMPTZ NOT NULL,
    route_id        UUID REFERENCES routes (id),
    version         BIGINT NOT NULL,
    request         JSONB NOT NULL,
    demand          JSONB NOT NULL,
    contact         JSONB,
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);
CREATE INDEX bookings_by_day ON bookings (region, date) WHERE state NOT IN ('expired', 'cancelled');
CREATE INDEX bookings_held ON bookings (region, date) WHERE state = 'held';
CREATE INDEX bookings_by_external_id ON bookings (programme, external_id) WHERE external_id IS NOT NULL;
-- A shop's order number is used once, unless what it named has come to nothing.
CREATE UNIQUE INDEX bookings_external_id_once ON bookings (programme, external_id)
    WHERE external_id IS NOT NULL AND state NOT IN ('cancelled', 'expired', 'failed');

-- `seq` counts within the day, without gaps and in the order of the commits.
CREATE TABLE events (
    region  TEXT COLLATE "C" NOT NULL,
    date    DATE NOT NULL,
    seq     BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    body    JSONB NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (region, date, seq),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);
