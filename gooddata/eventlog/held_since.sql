-- From when on does the log hold all that was received, of project $1, or of all? Null: ever.
SELECT nullif(greatest(
    (SELECT max(until) FROM raw.batch_window WHERE dropped_at IS NOT NULL),
    (SELECT max(since) FROM raw.batch_window WHERE name IN ('batch_early', 'batch_other')),
    (SELECT max(until) FROM raw.struck WHERE $1::text IS NULL OR project_id = $1)
), '-infinity')
