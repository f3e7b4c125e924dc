-- The same tables and columns as the SQLite migration of this number.

-- What a courier found and did at the door.
ALTER TABLE bookings ADD COLUMN outcome JSONB;

-- What couriers told, each under the name that the courier's device gave it. The plan follows from
-- all reports of a day in the order of `at`, whatever the order in which they came.
CREATE TABLE reports (
    region      TEXT COLLATE "C" NOT NULL,
    date        DATE NOT NULL,
    courier     TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    body        JSONB NOT NULL,
    PRIMARY KEY (region, date, courier, id),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
);

-- Where couriers were; kept for a while.
CREATE TABLE positions (
    courier    TEXT COLLATE "C" NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    lon        DOUBLE PRECISION NOT NULL,
    lat        DOUBLE PRECISION NOT NULL,
    accuracy_m BIGINT,
    PRIMARY KEY (courier, at)
);
CREATE INDEX positions_by_age ON positions (at);
