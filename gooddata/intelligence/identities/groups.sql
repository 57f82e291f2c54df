-- Of which groups are any of $2 of project $1 members, since when?
SELECT "group", member, member_is, since, event_id FROM analytics.membership
WHERE project_id = $1 AND member = ANY($2::uuid[])
ORDER BY since, "group", member
LIMIT 100
