-- The same columns and tables as the PostgreSQL migration of this number.

-- What nothing automatic may move, as a JSON list. A change counts the day's version on.
ALTER TABLE days ADD COLUMN locks TEXT NOT NULL DEFAULT '[]';

-- The last changes of each day that somebody asked for, and what the routes were like before. The
-- number is that of the change's first event; the document is the desk's.
CREATE TABLE applied_changes (
    region     TEXT NOT NULL,
    date       TEXT NOT NULL,
    number     INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    document   TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    undone_by  INTEGER,
    PRIMARY KEY (region, date, number),
    FOREIGN KEY (region, date) REFERENCES days (region, date)
) STRICT;
