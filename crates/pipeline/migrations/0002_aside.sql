-- Events of the log that could not be read back. The event itself stays where it is; this says that rows are made
-- without it. `is_back`: it can be read again, and its rows are to be made anew.
CREATE TABLE aside (
    seq      INTEGER PRIMARY KEY,         -- position in the log
    reason   TEXT NOT NULL,               -- a code, never a value
    noted_ms INTEGER NOT NULL,            -- epoch ms
    is_back  INTEGER NOT NULL DEFAULT 0
);
