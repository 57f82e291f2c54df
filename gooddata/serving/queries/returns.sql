-- How many visitors of project $1 are scored, how many of them are expected back, and how much have those brought in, weighed
-- by how likely they stay away?
SELECT count(*) AS visitors, sum(return_7d) AS expected_back, count(churn_30d) AS known, sum(churn_30d) AS expected_gone,
       sum(revenue * churn_30d) AS revenue_at_risk, (extract(epoch FROM max(computed_at)) * 1000)::bigint AS scored_at
FROM analytics.visitor_score
WHERE project_id = $1
