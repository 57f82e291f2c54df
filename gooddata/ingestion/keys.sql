-- Which keys are valid, and for which project?
SELECT key_hash, project_id, scope, expires_at FROM control.key
WHERE (expires_at IS NULL OR expires_at > now()) AND (kinds IS NULL OR 'import' = ANY (kinds))
