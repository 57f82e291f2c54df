-- Which model of each of tasks $2 of project $1 is in use, and may it have learned from somebody who was erased since?
SELECT task, version, reason, trained_on, features,
       CASE WHEN estimator IS NOT NULL THEN coalesce(learned_until, trained_at) END AS learned_until,
       erased_since IS NOT NULL AS erased, estimator, (metrics ->> 'sessions')::bigint AS sessions
FROM analytics.model
WHERE project_id = $1 AND task = ANY ($2::text[]) AND role = 'champion'
