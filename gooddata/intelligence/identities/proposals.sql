-- Which merges were proposed in project $1, of any of users $2 (null: of everybody)? The newest first.
SELECT "user", into_user, proposed_at, event_id, status
FROM analytics.identity_proposal
WHERE project_id = $1 AND ($2::uuid[] IS NULL OR "user" = ANY($2) OR into_user = ANY($2))
ORDER BY proposed_at DESC, "user", into_user
LIMIT 100
