-- What is version $3 (null: the one in use) of the model of task $2 of project $1?
SELECT project_id, task, version, role, status, reason, trained_at, trained_on, features, metrics, decided_because,
       learned_from, learned_until, erased_since, described
FROM analytics.model
WHERE project_id = $1 AND task = $2 AND (version = $3 OR $3::integer IS NULL AND role = 'champion')
