-- Of the sessions of project $1 that began at $2 or later and have been looked at: how many are there, how many say of
-- themselves that they are programs, and how many of the others likely are?
SELECT count(*) AS sessions, count(*) FILTER (WHERE declared) AS declared,
       count(*) FILTER (WHERE likely AND NOT declared) AS likely
FROM analytics.automation
WHERE project_id = $1 AND started_at >= $2
