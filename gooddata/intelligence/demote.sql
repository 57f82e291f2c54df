-- Versions of task $2 of project $1 in roles $3 are former ones now. What a former version has learned goes if it learned
-- from somebody who was erased.
UPDATE analytics.model
SET role = 'former', estimator = CASE WHEN erased_since IS NULL THEN estimator END
WHERE project_id = $1 AND task = $2
  AND (role = ANY ($3::text[]) OR role = 'former' AND erased_since IS NOT NULL AND estimator IS NOT NULL)
