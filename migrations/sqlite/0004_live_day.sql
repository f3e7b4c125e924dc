-- The same tables and columns as the PostgreSQL migration of this number.

-- What a courier found and did at the door.
ALTER TABLE bookings ADD COLUMN outcome TEXT;

-- What couriers told, each under the name that the courier's device gave it. The plan follows from
-- all reports of a day in the order of `at`, whatever the order in which they came.
CREATE TABLE reports (
    region      TEXT NOT NULL,
    date        TEXT NOT NULL,
    courier     TEXT NOT NULL,
    id          TEXT NOT NULL,
    at          TEXT NOT NULL,
    received_at TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (region, date, courier, id),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;

-- Where couriers were; kept for a while.
CREATE TABLE positions (
    courier    TEXT NOT NULL,
    at         TEXT NOT NULL,
    lon        REAL NOT NULL,
    lat        REAL NOT NULL,
    accuracy_m INTEGER,
    PRIMARY KEY (courier, at)
) STRICT;
CREATE INDEX positions_by_age ON positions (at);
