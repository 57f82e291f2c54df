-- When do the write keys of project $1, all but $2, expire, if they have the span $3 left at most?
UPDATE control.key SET expires_at = least(expires_at, now() + $3)
WHERE project_id = $1 AND scope = 'write' AND key_hash <> $2 AND (expires_at IS NULL OR expires_at > now())
RETURNING expires_at
