-- Keeps how far sessions are, as of time $4, from those that version $3 of the model of task $2 of project $1 learned from.
INSERT INTO analytics.drift (project_id, task, model_version, computed_at, since, sessions, reason, drifted, features)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb)
ON CONFLICT (project_id, task) DO UPDATE SET
    model_version = excluded.model_version, computed_at = excluded.computed_at, since = excluded.since,
    sessions = excluded.sessions, reason = excluded.reason, drifted = excluded.drifted, features = excluded.features
