-- Of project $1: the hours (epoch seconds) of which there are blocks, as of which version; hours that have changed since,
-- as of how many marks; and from when on all events are there.
SELECT extract(epoch FROM hour)::bigint AS hour, version, NULL::bigint AS marks FROM analytics.block WHERE project_id = $1
UNION ALL
SELECT extract(epoch FROM hour)::bigint, NULL, marks FROM analytics.unique_due WHERE project_id = $1
UNION ALL
SELECT extract(epoch FROM max(before))::bigint, NULL, NULL FROM analytics.unique_closed WHERE project_id IN ($1, '')
HAVING max(before) IS NOT NULL
