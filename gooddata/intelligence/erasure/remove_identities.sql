-- Takes away what linked visitors $2 and users $3 of project $1 to anybody up to time $4; how many links and memberships.
WITH links AS (
    DELETE FROM analytics.identity_link
    WHERE project_id = $1 AND seen_at <= $4
      AND (visitor = ANY ($2::uuid[]) OR "user" = ANY ($3::uuid[]) OR previous = ANY ($3::uuid[]))
    RETURNING 1
), memberships AS (
    DELETE FROM analytics.membership
    WHERE project_id = $1 AND since <= $4 AND member = ANY ($2::uuid[] || $3::uuid[]) RETURNING 1
), unlinks AS (
    DELETE FROM analytics.identity_unlink
    WHERE project_id = $1 AND undone_at <= $4 AND (visitor = ANY ($2::uuid[]) OR "user" = ANY ($3::uuid[])) RETURNING 1
), merges AS (
    DELETE FROM analytics.identity_merge
    WHERE project_id = $1 AND merged_at <= $4 AND ("user" = ANY ($3::uuid[]) OR into_user = ANY ($3::uuid[])) RETURNING 1
)
SELECT (SELECT count(*) FROM links) AS identity_links, (SELECT count(*) FROM memberships) AS memberships,
       (SELECT count(*) FROM unlinks) + (SELECT count(*) FROM merges) AS identity_decisions
