-- Of those who came first in each week from $2 to $3, how many came again in the weeks after?
WITH active AS (
    SELECT visitor, date_trunc('week', timestamp, 'UTC') AS week
    FROM plain.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3 {filters}
    GROUP BY 1, 2
), cohort AS (
    SELECT visitor, min(week) AS start FROM active GROUP BY 1
)
SELECT c.start, (a.week - c.start) / 7 AS after, count(*) AS visitors
FROM cohort c JOIN active a USING (visitor)
GROUP BY 1, 2
ORDER BY 1, 2
