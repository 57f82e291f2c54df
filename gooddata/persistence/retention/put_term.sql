-- Keeps $2 of project $1 (null: of all that have no term of their own) for $3 days (null: for ever).
INSERT INTO control.retention AS r (project_id, kind, days) VALUES ($1, $2, $3)
ON CONFLICT (project_id, kind) DO UPDATE SET days = excluded.days, set_at = now()
