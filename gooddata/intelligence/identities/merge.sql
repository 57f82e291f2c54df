-- Makes user $2 of project $1 the same person as user $3, says $4, because of $5.
INSERT INTO analytics.identity_merge (project_id, "user", into_user, merged_at, merged_by, reason)
VALUES ($1, $2, $3, clock_timestamp(), $4, $5)
