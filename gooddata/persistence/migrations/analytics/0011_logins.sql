-- What the operator's commands do in this database, for an operator whose login is a member of that role alone.

-- A key by which events are imported or sent again, for a day; keys that are there cannot be read, changed or deleted.
GRANT INSERT (key_hash, project_id, scope, expires_at) ON control.key TO gooddata_operator;

-- Decisions on who is who.
GRANT INSERT, UPDATE ON analytics.identity_unlink, analytics.identity_merge TO gooddata_operator;

-- A worker needs a project's goals and rules, and nothing by which somebody is let in.
REVOKE SELECT ON control.key, control.sign_in FROM gooddata_worker;
