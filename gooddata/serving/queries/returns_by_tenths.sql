-- Of the known visitors of project $1 in tenths, those likeliest to stay away first: how many, how likely, and what have they
-- brought in?
SELECT tenth, count(*) AS visitors, avg(churn_30d) AS churn_30d, avg(return_7d) AS return_7d, sum(revenue) AS revenue
FROM (
    SELECT *, ntile(10) OVER (ORDER BY churn_30d DESC, visitor) AS tenth
    FROM analytics.visitor_score
    WHERE project_id = $1 AND churn_30d IS NOT NULL
) v
GROUP BY tenth
ORDER BY tenth
