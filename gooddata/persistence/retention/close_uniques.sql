-- From before $2, events or sessions of project $1 (null: of all) are gone: sketches stay as they are from now on.
INSERT INTO analytics.unique_closed AS c (project_id, before) VALUES (coalesce($1, ''), $2)
ON CONFLICT (project_id) DO UPDATE SET before = greatest(c.before, excluded.before)
