-- The event log: append only, one row an event id. Everything else can be rebuilt from it.
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY,      -- position in the log
    key         BLOB NOT NULL UNIQUE,     -- first 16 bytes of SHA-256 of the sender's event id
    at_ms       INTEGER NOT NULL,         -- when it happened, epoch ms
    received_ms INTEGER NOT NULL,         -- when it was made durable, epoch ms
    kind        TEXT NOT NULL,
    task        TEXT,
    worker      TEXT,
    reservation TEXT,
    body        BLOB NOT NULL             -- the event as JSON, zstd
);
CREATE INDEX event_task ON event (task) WHERE task IS NOT NULL;
CREATE INDEX event_worker ON event (worker, kind, at_ms) WHERE worker IS NOT NULL;

CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append only'); END;
CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append only'); END;
