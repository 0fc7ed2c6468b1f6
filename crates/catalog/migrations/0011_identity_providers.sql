-- Where people come from besides local accounts: one row for each identity provider of a workspace.
-- `settings` holds secrets (a client's secret, the key that signs requests): it never leaves the server as it is.
CREATE TABLE connections (
    id          TEXT PRIMARY KEY NOT NULL,
    workspace   TEXT NOT NULL REFERENCES workspaces (id),
    kind        TEXT NOT NULL CHECK (kind IN ('saml', 'oidc')),
    name        TEXT NOT NULL,
    enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    settings    TEXT NOT NULL CHECK (json_type(settings) = 'object'),
    version     INTEGER NOT NULL CHECK (version > 0),
    created_ms  INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX connections_by_workspace ON connections (workspace, name);

-- Who is who: the provider's own name for a person, compared byte by byte. An e-mail links nobody.
CREATE TABLE identities (
    connection    TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    issuer        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    person        TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    linked_by     TEXT NOT NULL,
    linked_ms     INTEGER NOT NULL,
    last_login_ms INTEGER,
    PRIMARY KEY (connection, issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_person ON identities (person);

-- What each provider said of a person at the last login through it.
CREATE TABLE provisions (
    person      TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    connection  TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    roles       TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    attributes  TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (person, connection)
) STRICT, WITHOUT ROWID;
CREATE INDEX provisions_by_connection ON provisions (connection);

-- `roles` and `attributes` of people stay what an administrator gave; these are the sums of `provisions`, kept up to
-- date in the transaction that changes them. What people may change themselves will have columns of its own: no rule
-- may ever read it.
ALTER TABLE people ADD COLUMN provided_roles TEXT NOT NULL DEFAULT '[]' CHECK (json_type(provided_roles) = 'array');
ALTER TABLE people ADD COLUMN provided_attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_type(provided_attributes) = 'object');

-- A session that began with a provider ends when its connection is switched off.
ALTER TABLE sessions ADD COLUMN connection TEXT REFERENCES connections (id) ON DELETE CASCADE;
CREATE INDEX sessions_by_connection ON sessions (connection);

-- Groups of providers and what membership gives. `name_key` is the name in lower case.
CREATE TABLE groups (
    id          TEXT PRIMARY KEY NOT NULL,
    workspace   TEXT NOT NULL REFERENCES workspaces (id),
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    roles       TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    attributes  TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
    version     INTEGER NOT NULL CHECK (version > 0),
    created_ms  INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL,
    UNIQUE (workspace, name_key)
) STRICT;

-- Ids of assertions that were used: each opens the door once, on whichever server process it arrives.
CREATE TABLE used_proofs (
    connection  TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    id          TEXT NOT NULL,
    expires_ms  INTEGER NOT NULL,
    PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_proofs_by_expiry ON used_proofs (expires_ms);

-- Sign-ins that are on their way to a provider and back. `state_hash` finds one, `browser_hash` binds it to the
-- browser that began it. `data` holds what has to be remembered: id of the request, nonce, verifier, page, proof.
CREATE TABLE pending_sign_ins (
    state_hash   TEXT PRIMARY KEY NOT NULL,
    connection   TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    browser_hash TEXT,
    data         TEXT NOT NULL CHECK (json_type(data) = 'object'),
    expires_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_ms);
