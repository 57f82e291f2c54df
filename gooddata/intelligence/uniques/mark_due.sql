-- Hours $2 (counted from 1970) of projects $1, in the order of their key, have changed with this transaction.
INSERT INTO analytics.unique_due AS d (project_id, hour)
SELECT project_id, to_timestamp(hour * 3600)
FROM unnest($1::text::text[], $2::text::double precision[]) AS changed (project_id, hour)
ON CONFLICT (project_id, hour) DO UPDATE SET marks = d.marks + 1, changed_at = now()
