-- Segment $2 of project $1.
INSERT INTO analytics.segment (project_id, segment_id, name, description, size, features, since)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7)
ON CONFLICT (project_id, segment_id) DO UPDATE SET
    name = excluded.name,
    description = excluded.description,
    size = excluded.size,
    features = excluded.features,
    since = excluded.since
