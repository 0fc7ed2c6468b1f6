-- Second factors of local accounts. `has_factor` of people is the sum of the two tables, kept in the transaction that
-- changes them: it is read at every request and with every list.
ALTER TABLE people ADD COLUMN has_factor INTEGER NOT NULL DEFAULT 0 CHECK (has_factor IN (0, 1));

-- Codes by time (RFC 6238). The secret has to be read to check a code: it lies here as it is, in a file that only its
-- owner reads. `confirmed_ms` is null until the first code proved that the person has it. Of `last_step` and before no
-- code is accepted any more.
CREATE TABLE totp_factors (
    person       TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    secret       BLOB NOT NULL CHECK (length(secret) = 20),
    last_step    INTEGER NOT NULL,
    created_ms   INTEGER NOT NULL,
    confirmed_ms INTEGER
) STRICT;

-- Codes on paper, for a lost factor. Each works once: it is deleted.
CREATE TABLE recovery_codes (
    person    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (person, code_hash)
) STRICT, WITHOUT ROWID;

-- Passkeys. `data` is what their verifier keeps (public key, algorithm), `counter` what the key said at its last use.
CREATE TABLE passkeys (
    id            TEXT PRIMARY KEY NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    person        TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    data          TEXT NOT NULL CHECK (json_type(data) = 'object'),
    counter       INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL,
    last_used_ms  INTEGER
) STRICT;
CREATE INDEX passkeys_by_person ON passkeys (person);

-- Something that waits for a browser's next step, by the hash of a secret of that browser: a sign-in whose password was
-- right (`sign_in`), one with a passkey alone, where nobody is known yet (`passkey`), a passkey that is being made (`new_passkey`).
CREATE TABLE pending_factors (
    token_hash TEXT PRIMARY KEY NOT NULL,
    purpose    TEXT NOT NULL CHECK (purpose IN ('sign_in', 'passkey', 'new_passkey')),
    person     TEXT REFERENCES people (id) ON DELETE CASCADE,
    challenge  TEXT CHECK (challenge IS NULL OR json_type(challenge) = 'object'),
    tries      INTEGER NOT NULL DEFAULT 0,
    expires_ms INTEGER NOT NULL,
    CHECK (person IS NOT NULL OR purpose = 'passkey')
) STRICT;
CREATE INDEX pending_factors_by_expiry ON pending_factors (expires_ms);
CREATE INDEX pending_factors_by_person ON pending_factors (person);

-- Links with which people choose a new password, one a person, each once.
CREATE TABLE password_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    person     TEXT NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT;

-- The link with which the first administrator is made, valid until it is used or the server starts again.
CREATE TABLE setup_links (
    workspace  TEXT PRIMARY KEY NOT NULL REFERENCES workspaces (id),
    token_hash TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
