-- Which values are the greatest from $2 to $3?
SELECT {value} AS value, count(*) AS events, count(*) FILTER (WHERE type = 'page') AS pageviews,
       count(DISTINCT session_id) AS sessions, count(DISTINCT visitor) AS visitors, sum(revenue) AS revenue
FROM plain.event
WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 AND {value} IS NOT NULL {filters}
GROUP BY 1
ORDER BY {measure} DESC
LIMIT 10
