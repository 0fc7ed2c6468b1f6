-- Workspaces and what they set once.
CREATE TABLE workspaces (
    id          TEXT PRIMARY KEY NOT NULL,
    version     INTEGER NOT NULL,
    settings    TEXT NOT NULL CHECK (json_valid(settings)),
    changed_by  TEXT NOT NULL,
    changed_ms  INTEGER NOT NULL
) STRICT;

-- Separation rules: every version is kept.
CREATE TABLE separation_policies (
    workspace   TEXT NOT NULL REFERENCES workspaces (id),
    version     INTEGER NOT NULL CHECK (version > 0),
    yaml        TEXT NOT NULL,
    saved_by    TEXT NOT NULL,
    saved_ms    INTEGER NOT NULL,
    PRIMARY KEY (workspace, version)
) STRICT;
CREATE TRIGGER separation_policies_keep BEFORE UPDATE ON separation_policies
BEGIN SELECT RAISE(ABORT, 'separation_policies is append-only'); END;
CREATE TRIGGER separation_policies_stay BEFORE DELETE ON separation_policies
BEGIN SELECT RAISE(ABORT, 'separation_policies is append-only'); END;

-- People, and services that act by key only. `login_key` is the login in lower case.
CREATE TABLE people (
    id            TEXT PRIMARY KEY NOT NULL,
    workspace     TEXT NOT NULL REFERENCES workspaces (id),
    kind          TEXT NOT NULL CHECK (kind IN ('person', 'service')),
    login         TEXT NOT NULL,
    login_key     TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    roles         TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    attributes    TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
    password_hash TEXT,
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_ms    INTEGER NOT NULL,
    changed_ms    INTEGER NOT NULL,
    CHECK (kind = 'person' OR password_hash IS NULL)
) STRICT;
CREATE INDEX people_by_workspace ON people (workspace, login_key);

-- Sessions: only the hash of the token is here.
CREATE TABLE sessions (
    token_hash   TEXT PRIMARY KEY NOT NULL,
    person       TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    csrf         TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    idle_ms      INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

-- API keys: the prefix finds the key, the hash proves it.
CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY NOT NULL,
    prefix       TEXT NOT NULL UNIQUE,
    secret_hash  TEXT NOT NULL,
    name         TEXT NOT NULL,
    person       TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    scopes       TEXT NOT NULL CHECK (json_type(scopes) = 'array'),
    created_by   TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    expires_ms   INTEGER,
    last_used_ms INTEGER,
    revoked_ms   INTEGER
) STRICT;
CREATE INDEX api_keys_by_person ON api_keys (person);

-- Failed sign-ins, by hashed login and by address.
CREATE TABLE failed_sign_ins (
    subject TEXT NOT NULL,
    at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_sign_ins_by_subject ON failed_sign_ins (subject, at_ms);

-- The audit trail. What it is searched by is generated from the hashed text, so that both can't differ.
-- `previous_hash` is unique: the chain can't fork.
CREATE TABLE audit (
    number        INTEGER PRIMARY KEY NOT NULL,
    canonical     TEXT NOT NULL CHECK (json_valid(canonical)),
    previous_hash TEXT NOT NULL UNIQUE,
    hash          TEXT NOT NULL UNIQUE,
    workspace     TEXT GENERATED ALWAYS AS (json_extract(canonical, '$.workspace')) VIRTUAL,
    at_ms         INTEGER GENERATED ALWAYS AS (json_extract(canonical, '$.at_ms')) VIRTUAL,
    person        TEXT GENERATED ALWAYS AS (json_extract(canonical, '$.person')) VIRTUAL,
    action        TEXT GENERATED ALWAYS AS (json_extract(canonical, '$.action')) VIRTUAL,
    resource      TEXT GENERATED ALWAYS AS (json_extract(canonical, '$.resource')) VIRTUAL,
    resource_id   TEXT GENERATED ALWAYS AS (json_extract(canonical, '$.resource_id')) VIRTUAL
) STRICT;
CREATE INDEX audit_by_person ON audit (workspace, person, number);
CREATE INDEX audit_by_resource ON audit (workspace, resource, resource_id, number);
CREATE TRIGGER audit_keep BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_stay BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
