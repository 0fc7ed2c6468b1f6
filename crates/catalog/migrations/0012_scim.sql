-- What a provider's directory says of people and groups over SCIM.

-- A key with the scope `scim` speaks for one connection. Without the connection it opens nothing.
ALTER TABLE api_keys ADD COLUMN connection TEXT REFERENCES connections (id) ON DELETE SET NULL;

-- One row for each person whom a directory keeps; a person has at most one directory. `roles` and `attributes` are what the
-- resource gives by itself, apart from what a login said (`provisions`); both are summed up. `user_name_key` finds, folded
-- more coarsely than SCIM compares. `deleted_ms`: the directory removed it; the person and their trail stay.
CREATE TABLE scim_users (
    person        TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    connection    TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    external_id   TEXT,
    user_name     TEXT NOT NULL,
    user_name_key TEXT NOT NULL,
    resource      TEXT NOT NULL CHECK (json_type(resource) = 'object'),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    roles         TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    attributes    TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
    version       INTEGER NOT NULL CHECK (version > 0),
    created_ms    INTEGER NOT NULL,
    changed_ms    INTEGER NOT NULL,
    deleted_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_users_by_time ON scim_users (connection, created_ms, person) WHERE deleted_ms IS NULL;
CREATE INDEX scim_users_by_name ON scim_users (connection, user_name_key);
CREATE UNIQUE INDEX scim_users_by_external_id ON scim_users (connection, external_id) WHERE deleted_ms IS NULL AND external_id IS NOT NULL;

-- Groups of two kinds that never mix: those without a connection are found by the name that a login brings; those with one
-- are kept by that connection's directory and found by id, so that a new name gives nobody anything. The names of the
-- latter need not be unique in the workspace, which is why the table is made anew.
CREATE TABLE groups_anew (
    id          TEXT PRIMARY KEY NOT NULL,
    workspace   TEXT NOT NULL REFERENCES workspaces (id),
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    roles       TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    attributes  TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
    version     INTEGER NOT NULL CHECK (version > 0),
    created_ms  INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL,
    connection  TEXT REFERENCES connections (id) ON DELETE CASCADE,
    external_id TEXT
) STRICT;
INSERT INTO groups_anew (id, workspace, name, name_key, roles, attributes, version, created_ms, changed_ms)
SELECT id, workspace, name, name_key, roles, attributes, version, created_ms, changed_ms FROM groups;
DROP TABLE groups;
ALTER TABLE groups_anew RENAME TO groups;
CREATE UNIQUE INDEX groups_by_name ON groups (workspace, name_key) WHERE connection IS NULL;
CREATE INDEX groups_by_connection ON groups (connection, created_ms, id) WHERE connection IS NOT NULL;

-- Who is in a directory's group.
CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    person   TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_person ON group_members (person);
