-- Which known visitors of project $1 are likelier to stay away than not, those first by whom most would be lost? $2 of them.
SELECT visitor, churn_30d, return_7d, visits, goals, revenue, usual_gap_days,
       (extract(epoch FROM last_at) * 1000)::bigint AS last_at,
       round(extract(epoch FROM now() - last_at) / 86400, 1)::float AS days_away
FROM analytics.visitor_score
WHERE project_id = $1 AND churn_30d > 0.5
ORDER BY churn_30d * revenue DESC, churn_30d DESC, visitor
LIMIT $2
