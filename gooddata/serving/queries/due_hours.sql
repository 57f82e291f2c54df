-- Which hours of project $1 from $2 to $3 have changed since their visitors were counted?
SELECT hour FROM analytics.unique_due WHERE project_id = $1 AND hour >= $2 AND hour < $3
