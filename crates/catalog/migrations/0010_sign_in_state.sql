-- When somebody last came in, and whether the password that they have is one that somebody else chose.
ALTER TABLE people ADD COLUMN last_sign_in_ms INTEGER;
ALTER TABLE people ADD COLUMN password_due INTEGER NOT NULL DEFAULT 0 CHECK (password_due IN (0, 1));

-- What the browser said it is, so that people know their sessions apart.
ALTER TABLE sessions ADD COLUMN client TEXT NOT NULL DEFAULT '';

-- The audit trail by date.
CREATE INDEX audit_by_time ON audit (workspace, at_ms);
