-- On how many of the sessions of each page of project $1 from $2 to $3 was there one of the events $4 on that page?
SELECT path AS value, count(DISTINCT session_id) AS sessions,
       count(DISTINCT session_id) FILTER (WHERE name = ANY ($4::text[])) AS struggled
FROM analytics.event
WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 AND path IS NOT NULL AND NOT automated
GROUP BY path
ORDER BY sessions DESC, path
LIMIT 50
