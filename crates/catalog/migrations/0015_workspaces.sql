-- Each workspace has logins of its own: the key that makes them unique begins with the workspace.
UPDATE people SET login_key = workspace || char(10) || login_key;
