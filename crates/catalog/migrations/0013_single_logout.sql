-- How the provider of a session calls the person and the session there, so that both can be ended together. What is
-- said to the provider at a sign-out is in `logout_hint`.
ALTER TABLE sessions ADD COLUMN subject TEXT;
ALTER TABLE sessions ADD COLUMN session_index TEXT;
ALTER TABLE sessions ADD COLUMN logout_hint TEXT CHECK (logout_hint IS NULL OR json_valid(logout_hint));
CREATE INDEX sessions_by_subject ON sessions (connection, subject) WHERE subject IS NOT NULL;
