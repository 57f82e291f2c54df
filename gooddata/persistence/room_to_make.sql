-- From when to when does each table have rows that is kept by windows of time?
SELECT since, until FROM (
    SELECT min(timestamp) AS since, max(timestamp) AS until FROM analytics.event
    UNION ALL SELECT min(started_at), max(started_at) FROM analytics.session
    UNION ALL SELECT min(minute), max(minute) FROM analytics.rollup_minute
) AS held
WHERE since IS NOT NULL
