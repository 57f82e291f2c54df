-- What is there of project $1, from which day to which?
SELECT sum(events)::bigint AS events, sum(sessions)::bigint AS sessions,
       date_trunc('day', min(minute), 'UTC') AS since,
       date_trunc('day', max(minute) FILTER (WHERE sessions > 0), 'UTC') + interval '1 day' AS until
FROM analytics.rollup_minute
WHERE project_id = $1 AND dimension = ''
