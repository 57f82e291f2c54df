-- How did it go from $2 to $3, by the {step}?
SELECT date_trunc('{step}', timestamp, 'UTC') AS at, count(*) AS events, count(*) FILTER (WHERE type = 'page') AS pageviews,
       count(DISTINCT session_id) AS sessions, count(DISTINCT visitor) AS visitors,
       count(*) FILTER (WHERE goal) AS conversions
FROM plain.event
WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 {filters}
GROUP BY 1
ORDER BY 1
